public import FoundationEssentials

/// What can be wrong with a signed verdict, or with signing one.
public enum VerdictError: Error, Hashable {
  case missingProgram
  /// What `ssh-keygen` said of the key.
  case unusableKey(String, String)
  case noVerdict(String)
  case badSignature(String)
  case unknownSigner(String, String)
  /// It is about another run than the first one.
  case otherRun(String, run: String)
  /// A stage made other bytes than in the first one, though both call it the same.
  case otherOutputs(String, stage: String)
}

extension VerdictError: LocalizedError {
  public var errorDescription: String? {
    switch self {
    case .missingProgram: "verdicts are signed by the program 'ssh-keygen', which is not here"
    case .unusableKey(let path, let why): "cannot sign with the key '\(path)': \(why)"
    case .noVerdict(let path): "'\(path)' is no signed verdict"
    case .badSignature(let path): "'\(path)': BAD SIGNATURE: the verdict is not what was signed"
    case .unknownSigner(let path, let fingerprint):
      "'\(path)' is signed by \(fingerprint), who is none of the allowed signers"
    case .otherOutputs(let path, let stage):
      "'\(path)' is about other results: stage '\(stage)' made other bytes than in the first verdict"
    case .otherRun(let path, let run): "'\(path)' is about another run: \(run)"
    }
  }

  public var recoverySuggestion: String? {
    switch self {
    case .missingProgram: "install OpenSSH (on Debian 'apt-get install openssh-client')"
    case .unusableKey: "'ssh-keygen -t ed25519' makes a key; --key names another"
    case .noVerdict: "'repro challenge' writes verdicts"
    case .badSignature: "get it again from whoever made it"
    case .unknownSigner: "see ALLOWED SIGNERS in 'man ssh-keygen'"
    case .otherOutputs: "its bundle was made from another record of the run: compare the bundles"
    case .otherRun: "compare verdicts about one run at a time"
    }
  }
}
