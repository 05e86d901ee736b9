import FoundationEssentials
import Glibc
import Subprocess

/// Signs and verifies with the keys that people have anyway, by the program `ssh-keygen`. A signature
/// carries its public key, so verifying needs nothing else; who the key belongs to, a file of allowed
/// signers says (`man ssh-keygen`).
struct SSHKeys {
  /// What the signatures are for: one made for a file or a commit does not pass.
  private static let namespace = "repro"

  /// The fingerprint of the key.
  ///
  /// - Throws: `VerdictError.unusableKey`, `.missingProgram`.
  func fingerprint(of key: String) async throws -> String {
    let (isDone, output, errors) = try await run(["-l", "-f", key])
    guard isDone, let fingerprint = Self.fingerprint(in: output) else {
      throw VerdictError.unusableKey(key, errors)
    }
    return fingerprint
  }

  /// - Throws: `VerdictError.unusableKey`, `.missingProgram`.
  func sign(_ bytes: [UInt8], with key: String) async throws -> [UInt8] {
    let (isDone, output, errors) = try await run(
      ["-Y", "sign", "-q", "-n", Self.namespace, "-f", key], input: bytes)
    let lines = output.split(separator: "\n").filter { !$0.hasPrefix("-----") }
    guard isDone, let signature = Data(base64Encoded: lines.joined()), !signature.isEmpty else {
      throw VerdictError.unusableKey(key, errors)
    }
    return Array(signature)
  }

  /// The fingerprint of the key that made the signature, which lies in a file of that path; `nil` if
  /// it is none of these bytes.
  func signer(of bytes: [UInt8], signatureAt path: String) async throws -> String? {
    let (isDone, output, _) = try await run(
      ["-Y", "check-novalidate", "-n", Self.namespace, "-s", path], input: bytes)
    return isDone ? Self.fingerprint(in: output) : nil
  }

  /// Whose signature it is by the file of allowed signers; `nil` if it is nobody's there.
  func name(
    ofSignerOf bytes: [UInt8], signatureAt path: String, among allowed: String
  ) async throws -> String? {
    let (_, names, _) = try await run(["-Y", "find-principals", "-s", path, "-f", allowed])
    for name in names.split(separator: "\n") {
      let arguments = [
        "-Y", "verify", "-n", Self.namespace, "-s", path, "-f", allowed, "-I", String(name),
      ]
      if try await run(arguments, input: bytes).isDone { return String(name) }
    }
    return nil
  }

  /// The signature as `ssh-keygen` reads it.
  static func armor(_ signature: [UInt8]) -> [UInt8] {
    var lines = ["-----BEGIN SSH SIGNATURE-----"]
    var rest = Data(signature).base64EncodedString()[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(70)))
      rest = rest.dropFirst(70)
    }
    return Array((lines + ["-----END SSH SIGNATURE-----", ""]).joined(separator: "\n").utf8)
  }

  private static func fingerprint(in text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("SHA256:") }.map(String.init)
  }

  private func run(
    _ arguments: [String], input: [UInt8] = []
  ) async throws -> (isDone: Bool, output: String, errors: String) {
    do {
      let end = try await Subprocess.run(
        .name("ssh-keygen"), arguments: Arguments(arguments),
        environment: .inherit.updating(["LC_ALL": "C"]), input: .array(input),
        output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
      return (
        end.terminationStatus == .exited(0), end.standardOutput,
        end.standardError.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
      )
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw VerdictError.missingProgram
    }
  }
}
