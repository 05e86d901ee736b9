import Corpus
import Documents

extension Value {
  /// A value of any shape, at most `depth` deep, with a taste for what is awkward.
  static func random(depth: Int, using random: inout SplitMix64) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .int(awkwardIntegers.randomElement(using: &random) ?? 0)
    case 3: return .float(awkwardFloat(using: &random))
    case 4: return .string(text(using: &random))
    case 5, 6:
      let count = Int.random(in: 0..<4, using: &random)
      return .list((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
    default:
      let count = Int.random(in: 0..<4, using: &random)
      var members: [String: Value] = [:]
      for _ in 0..<count {
        members[text(using: &random)] = .random(depth: depth - 1, using: &random)
      }
      return .map(members)
    }
  }

  private static let awkwardIntegers: [Int64] = [
    0, 1, -1, 1 << 53, 1 << 53 + 1, .max, .min, 10, 100,
  ]

  private static func awkwardFloat(using random: inout SplitMix64) -> Double {
    let some = [
      0.0, -0.0, 1, 0.1, 1e16, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity,
      .nan,
    ]
    if .random(using: &random) { return some.randomElement(using: &random) ?? 0 }
    return Double(bitPattern: random.next())
  }

  private static func text(using random: inout SplitMix64) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "b", ":", "i", "s", "f", "\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "é", "\u{301}",
      "\u{ffff}", "\u{10000}", "\u{2028}", "/", " ",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      text.append(scalars.randomElement(using: &random) ?? "a")
    }
    return String(text)
  }
}
