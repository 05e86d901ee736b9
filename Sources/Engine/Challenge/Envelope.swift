import Documents
import FoundationEssentials

/// A signed statement: a DSSE envelope (https://github.com/secure-systems-lab/dsse, version 1.0).
///
/// The signature is that of `ssh-keygen -Y sign` in its binary form, and the key's identity its
/// fingerprint.
struct Envelope: Hashable {
  static let payloadType = "application/vnd.in-toto+json"

  let payload: [UInt8]
  let keyID: String
  let signature: [UInt8]

  /// What is signed: type and payload with their lengths, so that neither passes for the other.
  static func signedBytes(for payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  var bytes: [UInt8] {
    let document: Value = [
      "payloadType": .string(Self.payloadType),
      "payload": .string(Data(payload).base64EncodedString()),
      "signatures": [
        ["keyid": .string(keyID), "sig": .string(Data(signature).base64EncodedString())]
      ],
    ]
    return Array(document.json(pretty: true).utf8) + [UInt8(ascii: "\n")]
  }

  init(payload: [UInt8], keyID: String, signature: [UInt8]) {
    self.payload = payload
    self.keyID = keyID
    self.signature = signature
  }

  /// Reads an envelope of one signature; `nil` for anything else. Any bytes are safe to try.
  init?(bytes: [UInt8]) {
    guard let document = try? Value(json: bytes),
      document["payloadType"]?.string == Self.payloadType,
      let payload = document["payload"]?.string.flatMap({ Data(base64Encoded: $0) }),
      let signatures = document["signatures"]?.list, signatures.count == 1,
      let keyID = signatures[0]["keyid"]?.string,
      let signature = signatures[0]["sig"]?.string.flatMap({ Data(base64Encoded: $0) })
    else { return nil }
    self.init(payload: Array(payload), keyID: keyID, signature: Array(signature))
  }
}
