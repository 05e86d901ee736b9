import Documents
import FoundationEssentials
import Glibc

/// A verdict with whose it is.
public struct SignedVerdict: Sendable {
  public let verdict: Verdict
  /// The fingerprint of the key that signed it.
  public let fingerprint: String
  /// Whose key that is, by the file of allowed signers.
  public let signer: String?

  /// Whether one signer said the same twice.
  public func isSame(as other: SignedVerdict) -> Bool {
    fingerprint == other.fingerprint && verdict.statement == other.verdict.statement
  }

  /// Whether the key can be used to sign, before anything is computed.
  ///
  /// - Throws: `VerdictError.unusableKey`, `.missingProgram`.
  public static func check(key: String) async throws {
    _ = try await SSHKeys().fingerprint(of: key)
  }

  /// The envelope of a verdict, signed with an ssh key: `key` is the path of the private key, or of
  /// the public one where an agent has the other.
  ///
  /// - Throws: `VerdictError.unusableKey`, `.missingProgram`.
  public static func sign(_ verdict: Verdict, with key: String) async throws -> [UInt8] {
    let payload = Array(verdict.statement.json().utf8)
    let keys = SSHKeys()
    let fingerprint = try await keys.fingerprint(of: key)
    let signature = try await keys.sign(Envelope.signedBytes(for: payload), with: key)
    return Envelope(payload: payload, keyID: fingerprint, signature: signature).bytes
  }

  /// Reads the envelope at the path and verifies its signature; where a file of allowed signers is
  /// given, one of them has to have made it.
  ///
  /// - Throws: ``VerdictError``.
  public init(at path: String, allowedSigners: String? = nil) async throws {
    guard Folder.size(of: path) < 1 << 26, let bytes = Folder.bytes(of: path),
      let envelope = Envelope(bytes: bytes)
    else { throw VerdictError.noVerdict(path) }
    guard let statement = try? Value(json: envelope.payload),
      let verdict = Verdict(statement: statement)
    else { throw VerdictError.noVerdict(path) }
    self.verdict = verdict

    let file = FileManager.default.temporaryDirectory
      .appending(path: "repro-\(UUID().uuidString).sig").path
    try Folder.write(SSHKeys.armor(envelope.signature), to: file)
    defer { Folder.remove(file) }
    let signed = Envelope.signedBytes(for: envelope.payload)
    let keys = SSHKeys()
    guard let signer = try await keys.signer(of: signed, signatureAt: file),
      signer == envelope.keyID
    else { throw VerdictError.badSignature(path) }
    fingerprint = signer
    guard let allowedSigners else {
      self.signer = nil
      return
    }
    self.signer = try await keys.name(
      ofSignerOf: signed, signatureAt: file, among: allowedSigners)
    if self.signer == nil { throw VerdictError.unknownSigner(path, signer) }
  }
}
