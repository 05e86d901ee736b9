import Documents

extension FieldReader {
  /// A map with fields of its own; an absent one is read as an empty one.
  public mutating func group<T>(
    _ name: String, _ about: String, inKey: Bool = true, _ body: (inout FieldReader) -> T
  ) -> T {
    let node = take(name)
    let map = map(name, node)
    let (result, reader) = nested(
      map, path: [name], place: placeOfKey(name), silent: node != nil && map == nil, body)
    describe(
      FieldDescription(
        name, "map", default: reader.defaultOfAll, about, inKey: inKey,
        children: reader.descriptions))
    record(name, resolved: reader.resolved, keyed: reader.keyed, inKey: inKey)
    return result
  }

  /// One of several named maps: `optimizer: { sgd: { lr: 0.1 } }`, or `optimizer: adam` where every
  /// field is left to its default. Resolved, it is always the long form.
  ///
  /// - Returns: What the chosen case read; after a problem, what the default or first case makes of
  ///   stand-ins.
  public mutating func variant<T>(
    _ name: String, default defaultCase: String? = nil, _ about: String,
    _ cases: [(String, (inout FieldReader) -> T)]
  ) -> T? {
    let names = cases.map(\.0)
    let fallback = cases.first { $0.0 == defaultCase } ?? cases.first
    let node = take(name)
    if mode == .describing {
      return describeVariant(name, default: defaultCase, about, cases)
    }
    let choice = node.map { chosen(name, $0, names) } ?? nil
    if node == nil, defaultCase == nil {
      reportMissing(name, type: "one of \(listed(names))", about)
    }
    let isSilent = choice == nil && (node != nil || defaultCase == nil)
    guard let (caseName, body) = cases.first(where: { $0.0 == choice?.name }) ?? fallback else {
      return nil
    }
    let place = choice?.place ?? placeOfKey(name)
    let (result, reader) = nested(
      choice?.map, path: [name, caseName], place: place,
      silent: isSilent || (choice?.isWrong ?? false), body)
    record(
      name, resolved: .map([caseName: reader.resolved]), keyed: .map([caseName: reader.keyed]))
    return result
  }

  /// A map with free keys — names of files — and one map of fields behind each.
  ///
  /// At least one entry; in file order when a pipeline file is read, sorted by key when a resolved
  /// config is.
  public mutating func entries<T>(
    _ name: String, _ about: String, _ each: (String, inout FieldReader) -> T
  ) -> [(String, T)] {
    if mode == .describing {
      let (result, reader) = nested(nil, path: ["\(name)[NAME]"], place: place) {
        each("NAME", &$0)
      }
      let inner = FieldDescription("NAME", "map", "", children: reader.descriptions)
      describe(FieldDescription(name, "map of maps", about, children: [inner]))
      return [("NAME", result)]
    }
    guard let node = take(name) else {
      reportMissing(name, type: "map with at least one entry", about)
      return []
    }
    guard let map = map(name, node), let entries = map.entries else { return [] }
    if entries.isEmpty {
      report(.unfit(field: full(name), owner, "must have at least one entry"), at: node.place)
    }
    var resolved: [String: Value] = [:]
    var keyed: [String: Value] = [:]
    var results: [(String, T)] = []
    for entry in entries {
      if let complaint = complaintAboutFileName(entry.key) {
        report(.unfit(field: full("\(name)[\(entry.key)]"), owner, complaint), at: entry.place)
      }
      let inner = self.map("\(name)[\(entry.key)]", entry.node)
      let (result, reader) = nested(
        inner, path: ["\(name)[\(entry.key)]"], place: entry.place, silent: inner == nil
      ) { each(entry.key, &$0) }
      resolved[entry.key] = reader.resolved
      keyed[entry.key] = reader.keyed
      results.append((entry.key, result))
    }
    record(name, resolved: .map(resolved), keyed: .map(keyed))
    return results
  }
}

/// The case of a variant that a file asks for.
private struct ChosenCase {
  let name: String
  let place: SourceLocation
  /// Its fields, where some are given.
  let map: Node?
  /// Whether there are fields, but not as a map.
  let isWrong: Bool
}

extension FieldReader {
  /// `node` if it is a map; else `nil`, after saying so.
  private mutating func map(_ name: String, _ node: Node?) -> Node? {
    guard let node else { return nil }
    if node.entries != nil { return node }
    if node.isInvalid { acceptInvalid() } else { reportWrongMap(node, name: name) }
    return nil
  }

  private mutating func chosen(_ name: String, _ node: Node, _ names: [String]) -> ChosenCase? {
    let choice: ChosenCase
    if let text = node.text {
      choice = ChosenCase(name: text, place: node.place, map: nil, isWrong: false)
    } else if let entries = node.entries, entries.count == 1, let entry = entries.first {
      // `adam:` with nothing behind it is `adam` with nothing set.
      let isEmpty = entry.node.isNull
      let map = isEmpty ? nil : self.map("\(name).\(entry.key)", entry.node)
      choice = ChosenCase(
        name: entry.key, place: entry.place, map: map, isWrong: map == nil && !isEmpty)
    } else if node.isInvalid {
      acceptInvalid()
      return nil
    } else {
      report(
        .wrongType(
          field: full(name), owner, expected: "one of \(listed(names)), with its fields",
          found: node.found),
        at: node.place)
      return nil
    }
    if names.contains(choice.name) { return choice }
    report(
      .unknownChoice(choice.name, field: full(name), owner, allowed: names), at: choice.place)
    return nil
  }

  private mutating func describeVariant<T>(
    _ name: String, default defaultCase: String?, _ about: String,
    _ cases: [(String, (inout FieldReader) -> T)]
  ) -> T? {
    var results: [T] = []
    var children: [FieldDescription] = []
    for (caseName, body) in cases {
      let (result, reader) = nested(nil, path: [name, caseName], place: place, body)
      results.append(result)
      children.append(
        FieldDescription(
          caseName, "map", default: reader.defaultOfAll, "", children: reader.descriptions))
    }
    let names = listed(cases.map(\.0))
    describe(
      FieldDescription(
        name, "one of \(names)", default: defaultCase.map { .string($0) }, about,
        children: children))
    return results.first
  }

  /// What the map is when it is left out; `nil` when a field in it is required.
  private var defaultOfAll: Value? {
    guard descriptions.allSatisfy({ !$0.isRequired }) else { return nil }
    return .map(
      Dictionary(
        descriptions.map { ($0.name, $0.defaultValue ?? .null) },
        uniquingKeysWith: { one, _ in one }))
  }
}
