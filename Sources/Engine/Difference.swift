public import Documents

/// One place where two documents differ.
public struct Difference: Hashable, Sendable {
  /// Where: the keys from the root, such as `config.optimizer.sgd.lr`.
  public let path: String
  /// The value there, or `nil` where the key is absent.
  public let old: Value?
  public let new: Value?
}

extension Difference {
  /// Every place where `new` differs from `old`, keys in order of their bytes.
  ///
  /// Two maps, or two lists of one length, are compared member by member; all else as a whole.
  public static func between(_ old: Value, _ new: Value) -> [Difference] {
    var found: [Difference] = []
    compare(old, new, at: "", into: &found)
    return found
  }

  private static func compare(
    _ old: Value?, _ new: Value?, at path: String, into found: inout [Difference]
  ) {
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    switch (old, new) {
    case (.map(let olds)?, .map(let news)?):
      let keys = Set(olds.keys).union(news.keys).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
      for key in keys { compare(olds[key], news[key], at: below(key), into: &found) }
    case (.list(let olds)?, .list(let news)?) where olds.count == news.count:
      for (index, pair) in zip(olds, news).enumerated() {
        compare(pair.0, pair.1, at: below(String(index)), into: &found)
      }
    default:
      if old?.canonicalBytes != new?.canonicalBytes {
        found.append(Difference(path: path, old: old, new: new))
      }
    }
  }
}
