/// The definition of the arithmetic that every result here follows to the bit.
public enum Arithmetic {
  /// Rises when a rule changes and results do; part of the key of whatever is computed.
  public static let version = 1
}
