/// How much space a store takes, and for what.
public struct Usage: Hashable, Sendable {
  /// A number of files and their size.
  public struct Amount: Hashable, Sendable {
    public var count: Int
    public var bytes: Int

    public init(count: Int, bytes: Int) {
      self.count = count
      self.bytes = bytes
    }

    public static let zero = Amount(count: 0, bytes: 0)

    static func += (sum: inout Amount, more: Amount) {
      sum = Amount(count: sum.count + more.count, bytes: sum.bytes + more.bytes)
    }
  }

  /// Files of users, and the lists of folders.
  public var files = Amount.zero
  public var trees = Amount.zero
  /// What the results of each kind take; what several results share counts for each of them.
  public var kinds: [String: Amount] = [:]
  /// Results whose bytes were given up, and what these took.
  public var evicted = Amount.zero
  /// Documents of results, runs, executions and pins.
  public var records = Amount.zero
  public var index = Amount.zero
  public var partial = Amount.zero
  public var work = Amount.zero
  public var quarantine = Amount.zero
}
