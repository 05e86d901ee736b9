import Documents

extension FieldReader {
  /// A list of whole numbers. Without a default the field is required.
  public mutating func ints(
    _ name: String, default defaultValue: [Int]? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max, _ about: String
  ) -> [Int] {
    list(
      name, default: defaultValue, type: "whole number", range: range.words, about,
      encode: { .int(Int64($0)) }, decode: { $0.int(in: range) })
  }

  /// A list of numbers. Without a default the field is required.
  public mutating func floats(
    _ name: String, default defaultValue: [Double]? = nil, in range: ClosedRange<Double> = .finite,
    _ about: String
  ) -> [Double] {
    list(
      name, default: defaultValue, type: "number", range: range.words, about,
      encode: { .float($0) }, decode: { $0.float(in: range) })
  }

  /// A list of rows of numbers, all of one length and none empty; none where absent or `null`.
  public mutating func matrix(
    _ name: String, in range: ClosedRange<Double> = .finite, _ about: String
  ) -> [[Double]]? {
    let type = "list of rows of numbers"
    describe(FieldDescription(name, type, default: .null, range: range.words, about))
    var result: [[Double]]?
    if let node = take(name), !node.isNull {
      result = rows(name, node, type: type, range)
    }
    record(name, result.map { .list($0.map { .list($0.map { .float($0) }) }) } ?? .null)
    return result
  }

  /// A map from whole numbers to whole numbers, `{7: 1, 2: 7}`, in order of the first.
  ///
  /// Without a default the field is required.
  public mutating func intMap(
    _ name: String, default defaultValue: [(Int, Int)]? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max, _ about: String
  ) -> [(Int, Int)] {
    let type = "map from whole numbers to whole numbers"
    describe(
      FieldDescription(
        name, type, default: defaultValue.map(encoded), range: range.words, about))
    var result = defaultValue ?? []
    if let node = take(name) {
      result = pairs(name, node, type: type, range) ?? result
    } else if defaultValue == nil {
      reportMissing(name, type: type, about)
    }
    result.sort { $0.0 < $1.0 }
    record(name, encoded(result))
    return result
  }
}

extension FieldReader {
  mutating func list<T>(
    _ name: String, default defaultValue: [T]?, type: String, range: String?, _ about: String,
    encode: (T) -> Value, decode: (Node) -> Decoded<T>
  ) -> [T] {
    let listType = "list of \(type)s"
    func encodeAll(_ items: [T]) -> Value { .list(items.map(encode)) }
    describe(
      FieldDescription(name, listType, default: defaultValue.map(encodeAll), range: range, about))
    var result = defaultValue ?? []
    if let node = take(name) {
      result = items(name, node, listType: listType, type: type, range: range, decode) ?? result
    } else if defaultValue == nil {
      reportMissing(name, type: listType, about)
    }
    record(name, encodeAll(result))
    return result
  }

  private mutating func items<T>(
    _ name: String, _ node: Node, listType: String, type: String, range: String?,
    _ decode: (Node) -> Decoded<T>
  ) -> [T]? {
    let nodes: [Node]? = decoded(name, node, listType, nil) { node in
      if case .list(let items) = node.content { .value(items) } else { .wrongType }
    }
    guard let nodes else { return nil }
    let items = nodes.enumerated().compactMap { index, item in
      decoded("\(name)[\(index)]", item, type, range, decode)
    }
    return items.count == nodes.count ? items : nil
  }

  private mutating func rows(
    _ name: String, _ node: Node, type: String, _ range: ClosedRange<Double>
  ) -> [[Double]]? {
    let nodes: [Node]? = decoded(name, node, type, nil) { node in
      if case .list(let items) = node.content { .value(items) } else { .wrongType }
    }
    guard let nodes else { return nil }
    let rows = nodes.enumerated().compactMap { index, row in
      items(
        "\(name)[\(index)]", row, listType: "list of numbers", type: "number", range: range.words
      ) { $0.float(in: range) }
    }
    guard rows.count == nodes.count else { return nil }
    let width = rows.first?.count ?? 0
    if width == 0 {
      report(
        .unfit(field: full(name), owner, "must have at least one row and column"), at: node.place)
      return nil
    }
    for (index, row) in rows.enumerated() where row.count != width {
      let complaint = "is a row of \(row.count), after rows of \(width)"
      report(.unfit(field: full("\(name)[\(index)]"), owner, complaint), at: nodes[index].place)
      return nil
    }
    return rows
  }

  private mutating func pairs(
    _ name: String, _ node: Node, type: String, _ range: ClosedRange<Int>
  ) -> [(Int, Int)]? {
    let entries: [Node.Entry]? = decoded(name, node, type, nil) { node in
      node.entries.map { .value($0) } ?? .wrongType
    }
    guard let entries else { return nil }
    return entries.compactMap { entry in
      let to: Int? = decoded("\(name)[\(entry.key)]", entry.node, "whole number", range.words) {
        $0.int(in: range)
      }
      guard let from = keyNumber(entry.key), range.contains(from) else {
        let expected = "whole number" + (range.words.map { " \($0)" } ?? "")
        let complaint = "has the key \(quoted(entry.key)), which is no \(expected)"
        report(.unfit(field: full(name), owner, complaint), at: entry.place)
        return nil
      }
      return to.map { (from, $0) }
    }
  }

  /// Keys are text; one that is spelled as a number is spelled in one way only.
  private func keyNumber(_ key: String) -> Int? { Int(key).flatMap { "\($0)" == key ? $0 : nil } }
}

private func encoded(_ pairs: [(Int, Int)]) -> Value {
  .map(Dictionary(pairs.map { ("\($0)", .int(Int64($1))) }, uniquingKeysWith: { one, _ in one }))
}
