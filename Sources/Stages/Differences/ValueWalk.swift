import Documents
import Pipelines

/// Compares two documents field by field.
struct ValueWalk {
  private var tally: Tally
  private let names: Versions
  private var path: [String]
  /// What was said of the first difference.
  private(set) var first: String?

  /// Paths begin with `root`.
  init(_ names: Versions, root: String = "$") {
    tally = Tally(names.tolerance)
    self.names = names
    path = [root]
  }

  /// What came of it.
  var difference: FileDifference {
    guard let first else {
      return FileDifference(text: "the same values, written otherwise", nearness: tally.nearness)
    }
    return FileDifference(text: "\(first); \(tally.summary(of: "values"))", nearness: nil)
  }

  mutating func within(_ name: String, _ body: (inout ValueWalk) -> Void) {
    path.append(name)
    body(&self)
    path.removeLast()
  }

  mutating func compare(_ old: Value, _ new: Value) {
    switch (old, new) {
    case (.map(let olds), .map(let news)): compare(olds, news)
    case (.list(let olds), .list(let news)): compare(olds, news)
    case (.int, .int): note(old, new, tally.add(areSame: old == new))
    case (.float, .int), (.int, .float), (.float, .float):
      note(old, new, tally.add(number(old), number(new), areSame: old == new))
    default: note(old, new, tally.add(areSame: old == new))
    }
  }

  private mutating func compare(_ olds: [String: Value], _ news: [String: Value]) {
    for key in Set(olds.keys).union(news.keys).sorted() {
      within(Self.step(key)) { walk in
        if let old = olds[key], let new = news[key] {
          walk.compare(old, new)
        } else {
          walk.note(olds[key], news[key], walk.tally.add(areSame: false))
        }
      }
    }
  }

  private mutating func compare(_ olds: [Value], _ news: [Value]) {
    for (index, pair) in zip(olds, news).enumerated() {
      within("[\(index)]") { $0.compare(pair.0, pair.1) }
    }
    noteCounts(olds.count, news.count, of: "items")
  }

  mutating func noteCounts(_ old: Int, _ new: Int, of what: String) {
    if old == new { return }
    _ = tally.add(areSame: false)
    guard first == nil else { return }
    first = "\(path.joined()): \(names.sayBoth("\(old) \(what)", "\(new)"))"
  }

  private mutating func note(_ old: Value?, _ new: Value?, _ isDifferent: Bool) {
    guard isDifferent, first == nil else { return }
    first = "\(path.joined()): \(names.sayBoth(Self.text(old), Self.text(new)))"
  }

  private func number(_ value: Value) -> Double {
    value.float ?? value.int.map(Double.init) ?? .nan
  }

  private static func text(_ value: Value?) -> String {
    let text = value?.json() ?? "nothing"
    return text.count > 60 ? "\(text.prefix(57))…" : text
  }

  /// `.loss`, or `["a b"]`.
  private static func step(_ key: String) -> String {
    let isPlain = key.utf8.allSatisfy {
      Character(Unicode.Scalar($0)).isLetter && $0 < 0x80 || (0x30...0x39).contains($0)
        || $0 == 0x5f
    }
    return isPlain && !key.isEmpty ? ".\(key)" : "[\(Value.string(key).json())]"
  }
}
