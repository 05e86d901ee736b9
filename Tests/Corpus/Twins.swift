/// Different bytes of the same length with the same XXH3-128.
///
/// It is no cryptographic hash. Of 32 bytes it multiplies two words at a time, each after an
/// exclusive or with a constant of its own: a word equal to its constant makes the product zero,
/// whatever the other word is. Two blocks that do this at different words, with the same sum of
/// words, have the same digest.
public enum Twins {
  /// The first 16 bytes of XXH3's secret.
  private static let secret: (UInt64, UInt64) = (0xbe4b_a423_396c_feb8, 0x1cad_21f7_2c81_017c)
  private static let free: UInt64 = 0x1234_5678_9abc_def0

  public static let one = bytes([secret.0, free &+ secret.1 &- secret.0, 1, 2])
  public static let other = bytes([free, secret.1, 1, 2])

  private static func bytes(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }
}
