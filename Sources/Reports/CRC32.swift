/// Cyclic redundancy checks of 32 bits, least significant bit first, inverted before and after.
///
/// Source: Koopman, "32-bit cyclic redundancy codes for internet applications", DSN 2002.
package struct CRC32: Sendable {
  private let table: [UInt32]

  /// Of PNG, zip and Ethernet.
  package static let ieee = CRC32(polynomial: 0xEDB8_8320)
  /// CRC-32C, of iSCSI and TFRecord.
  package static let castagnoli = CRC32(polynomial: 0x82F6_3B78)

  /// `polynomial` with its bits reversed.
  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ polynomial : rest >> 1 }
    }
  }

  package func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { rest, byte in rest >> 8 ^ table[Int((rest ^ UInt32(byte)) & 0xFF)] }
  }
}
