import Documents

extension Value {
  /// A value of any shape that a pipeline file can hold, with a taste for what is awkward.
  static func random(depth: Int, using random: inout SplitMix64) -> Value {
    let count = Int.random(in: 0..<4, using: &random)
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
    case 0: return [nil, true, false].randomElement(using: &random) ?? nil
    case 1: return .int([0, 1, -1, 1 << 53 + 1, .max, .min, 10].randomElement(using: &random) ?? 0)
    case 2: return .float(number(using: &random))
    case 3, 4: return .string(text(using: &random))
    case 5, 6: return .list((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
    default:
      var members: [String: Value] = [:]
      for _ in 0..<count {
        members[text(using: &random)] = .random(depth: depth - 1, using: &random)
      }
      return .map(members)
    }
  }

  private static func number(using random: inout SplitMix64) -> Double {
    let number = Double(bitPattern: random.next())
    let awkward = [0.0, -0.0, 1, 0.1, 1e16, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    return number.isFinite && Bool.random(using: &random)
      ? number : awkward.randomElement(using: &random) ?? 0
  }

  private static func text(using random: inout SplitMix64) -> String {
    let some = [
      "1", "1.0", "true", "null", "~", "", " ", "no", "0x1", "-", "a", "b", "é", "e\u{301}", ": ",
      "#",
      "\n", "\r\n", "'", "\"", "\\", "$", "[", "}", "i:", ",", "\u{430}", "\u{10000}", "\t", "&x",
      "*",
    ]
    return (0..<Int.random(in: 0..<4, using: &random))
      .map { _ in some.randomElement(using: &random) ?? "" }.joined()
  }

  /// Another value, that differs from this one in one place.
  func changedInOnePlace(using random: inout SplitMix64) -> Value {
    switch self {
    case .list(var items):
      guard let index = items.indices.randomElement(using: &random) else { return [nil] }
      if Bool.random(using: &random) { return .list(items + [nil]) }
      items[index] = items[index].changedInOnePlace(using: &random)
      return .list(items)
    case .map(var members):
      let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      guard let key = keys.randomElement(using: &random) else { return ["": nil] }
      if Bool.random(using: &random) {
        let member = members.removeValue(forKey: key)
        members[key + "x"] = members[key + "x"] ?? member
      } else {
        members[key] = members[key]?.changedInOnePlace(using: &random)
      }
      return .map(members)
    default: return changedScalar(using: &random)
    }
  }

  /// A value that looks much the same.
  private func changedScalar(using random: inout SplitMix64) -> Value {
    switch self {
    case .null:
      return [.string("null"), .string(""), .list([]), false].randomElement(using: &random) ?? true
    case .bool(let it): return Bool.random(using: &random) ? .bool(!it) : .string("\(it)")
    case .int(let it):
      let others: [Value] = [.int(it ^ 1), .float(Double(it)), .string("\(it)")]
      return others.randomElement(using: &random) ?? nil
    case .float(let it):
      let others: [Value] = [
        .float(it.nextDown.isFinite ? it.nextDown : 0), .float(-it), .string("\(it)"),
      ]
      return others.randomElement(using: &random) ?? nil
    case .string(let it):
      let others: [Value] = [
        .string(it + " "), .string("\\" + it), .string(it + "\u{301}"), .list([self]),
      ]
      return others.randomElement(using: &random) ?? nil
    default: return nil
    }
  }
}

// MARK: - Spelling

extension Value {
  /// The value as YAML behind a colon or dash, in lines below it or in brackets, spelled at random.
  func yaml(indent: Int, using random: inout SplitMix64) -> String {
    let start = "\n" + String(repeating: " ", count: indent)
    let deeper = indent + Int.random(in: 1...4, using: &random)
    switch self {
    case .list(let items) where !items.isEmpty && Bool.random(using: &random):
      return items.map { item in
        start + "-" + item.yaml(indent: deeper, using: &random)
      }.joined()
    case .map(let members) where !members.isEmpty && Bool.random(using: &random):
      return members.shuffled(using: &random).map { member in
        start + Self.quoted(member.key, using: &random) + ":"
          + member.value.yaml(indent: deeper, using: &random)
      }.joined()
    default:
      let comment = Bool.random(using: &random) ? "  # a comment: [" : ""
      return " " + flow(using: &random) + comment
    }
  }

  private func flow(using random: inout SplitMix64) -> String {
    switch self {
    case .null: return ["null", "~", "NULL"].randomElement(using: &random) ?? "~"
    case .bool(let it): return it ? "true" : ["false", "FALSE"].randomElement(using: &random) ?? ""
    case .int(let it): return Self.spelled(it, using: &random)
    case .float(let it): return Self.spelled(it, using: &random)
    case .string(let it): return Self.quoted(it, using: &random)
    case .list(let items):
      return "[ " + items.map { $0.flow(using: &random) }.joined(separator: " , ") + " ]"
    case .map(let members):
      let spelled = members.shuffled(using: &random).map {
        Self.quoted($0.key, using: &random) + ": " + $0.value.flow(using: &random)
      }
      return "{" + spelled.joined(separator: ",") + "}"
    }
  }

  private static func spelled(_ number: Int64, using random: inout SplitMix64) -> String {
    guard number >= 0 else { return "\(number)" }
    let spellings = [
      "\(number)", "+\(number)", "0x\(String(number, radix: 16))", "0o\(String(number, radix: 8))",
    ]
    return spellings.randomElement(using: &random) ?? ""
  }

  private static func spelled(_ number: Double, using random: inout SplitMix64) -> String {
    let text = "\(number)"
    guard !text.contains("e"), Bool.random(using: &random) else { return text }
    return [text + "00", text + "e0", text + "E+00"].randomElement(using: &random) ?? text
  }

  /// In double quotes, with more escapes than needed, or in single quotes where those will do.
  private static func quoted(_ text: String, using random: inout SplitMix64) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
    if isPlain, Bool.random(using: &random) {
      // Scalar by scalar: to `String` a quote with a mark behind it is none.
      let doubled = text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }
      return "'" + doubled.joined() + "'"
    }
    var escaped = "\""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Bool.random(using: &random) {
        let digits = String(scalar.value, radix: 16)
        escaped += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }
}
