import Documents

/// Reads the part `sweep:` of a pipeline, and the options `--sweep`.
struct SweepReader {
  private(set) var sweep = Sweep()
  private(set) var problems: [PipelineError] = []

  /// Reads what stands behind `sweep:`.
  mutating func read(_ node: Node) {
    if node.isNull || node.isInvalid { return }
    guard let entries = node.entries else {
      return report(
        .wrongPart(
          "'sweep'", expected: "a map of params, each with a list of values", found: node.found),
        at: node.place)
    }
    for entry in entries {
      switch entry.key {
      case "zip": readZip(entry.node)
      case "exclude": break
      default: if let axis = axis(entry) { add([axis]) }
      }
    }
    if let excluded = node["exclude"] { readExclusions(excluded) }
  }

  /// Reads `NAME=VALUE,VALUE` or `NAME=FIRST..LAST`, the option of that number.
  mutating func read(option text: String, number: Int) {
    let place = SourceLocation("--sweep \(text)", number: number)
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, Override.target(String(halves[0])) != nil else {
      return report(.malformedSweep(text), at: place)
    }
    do {
      var list = try Override.value("[\(halves[1])]", place: place)
      // Of one list in brackets the values are meant.
      if case .list(let items) = list.content, items.count == 1, case .list = items[0].content {
        list = items[0]
      }
      let entry = Node.Entry(key: String(halves[0]), place: place, node: list)
      if let axis = axis(entry), !isInTheWay(axis, of: sweep.axes) { sweep.replace(axis) }
    } catch {
      report(error.problem, at: place)
    }
  }

  private mutating func report(_ problem: PipelineError.Problem, at place: SourceLocation) {
    problems.append(PipelineError(problem, at: place))
  }

  private mutating func add(_ group: [Sweep.Axis]) {
    for (index, axis) in group.enumerated() {
      let others = sweep.axes + group[..<index]
      if let other = others.first(where: { $0.target == axis.target }) {
        return report(.duplicateKey(axis.name, first: other.place), at: axis.place)
      }
      if isInTheWay(axis, of: others) { return }
    }
    if !group.isEmpty { sweep.groups.append(group) }
  }

  /// Whether one of the others is swept inside this one, or around it; says so.
  private mutating func isInTheWay(_ axis: Sweep.Axis, of others: [Sweep.Axis]) -> Bool {
    let found = others.first {
      $0.target.lies(inside: axis.target) || axis.target.lies(inside: $0.target)
    }
    guard let found else { return false }
    report(.sweptInside(axis.name, found.name), at: axis.place)
    return true
  }

  // MARK: Lists of values

  /// With `mayRepeat` a value may be there twice, as in a list that goes together with others.
  private mutating func axis(_ entry: Node.Entry, mayRepeat: Bool = false) -> Sweep.Axis? {
    guard let target = Override.target(entry.key) else {
      report(.unknownOverride(entry.key, allowed: []), at: entry.place)
      return nil
    }
    guard let values = values(entry, mayRepeat: mayRepeat) else { return nil }
    // By one name, however it is written.
    let short = entry.key.hasPrefix("params.") ? String(entry.key.dropFirst(7)) : entry.key
    let name = Override.target(short) == target ? short : entry.key
    return Sweep.Axis(name: name, target: target, place: entry.place, values: values)
  }

  private mutating func values(_ entry: Node.Entry, mayRepeat: Bool) -> [Node]? {
    let items: [Node]
    switch entry.node.content {
    case .list(let list): items = list
    case .scalar(.string): items = [entry.node]
    case .invalid: return nil
    default: items = []
    }
    var values: [Node] = []
    for item in items {
      guard let text = item.text, let range = SweepRange(text) else {
        if let text = item.text, SweepRange.isMeant(text) {
          report(.emptyRange(text), at: item.place)
          return nil
        }
        if case .scalar(.string) = entry.node.content { return refuse(entry) }
        values.append(item)
        continue
      }
      guard range.count > 0 else {
        report(.emptyRange(text), at: item.place)
        return nil
      }
      guard range.count <= Sweep.maxPoints else {
        report(.tooManyPoints(limit: Sweep.maxPoints), at: item.place)
        return nil
      }
      values += range.values.map { Node($0, place: item.place) }
    }
    if values.isEmpty { return refuse(entry) }
    if mayRepeat { return values }
    var seen: Set<Value> = []
    for value in values where !value.isInvalid && !seen.insert(value.value.asNumber).inserted {
      report(.sweptTwice(value.value.flowText, entry.key), at: value.place)
      return nil
    }
    return values
  }

  private mutating func refuse(_ entry: Node.Entry) -> [Node]? {
    report(
      .wrongPart(
        "what \(quoted(entry.key)) is swept over",
        expected: "a list of values, or a range like 1..3", found: entry.node.found),
      at: entry.node.place)
    return nil
  }

  // MARK: Groups and exclusions

  /// The maps of a list, or the one map that stands for a list of one.
  private mutating func maps(_ node: Node, of part: String) -> [[Node.Entry]] {
    let items: [Node]
    if case .list(let list) = node.content { items = list } else { items = [node] }
    return items.compactMap { item in
      if item.isInvalid { return nil }
      if let entries = item.entries, !entries.isEmpty { return entries }
      report(
        .wrongPart("'\(part)' of 'sweep'", expected: "a list of maps", found: item.found),
        at: item.place)
      return nil
    }
  }

  private mutating func readZip(_ node: Node) {
    for entries in maps(node, of: "zip") {
      let group = entries.compactMap { axis($0, mayRepeat: true) }
      guard group.count == entries.count, let first = group.first else { continue }
      if let other = group.first(where: { $0.values.count != first.values.count }) {
        report(
          .unevenLists(first.name, first.values.count, other.name, other.values.count),
          at: other.place)
      } else {
        add(group)
      }
    }
  }

  private mutating func readExclusions(_ node: Node) {
    for entries in maps(node, of: "exclude") {
      let values = entries.compactMap { entry -> (target: Override.Target, value: Value)? in
        let known = sweep.axes.first { $0.target == Override.target(entry.key) }
        guard let axis = known else {
          report(
            .unknownPart(
              entry.key, "a point that is excluded", allowed: sweep.axes.map(\.name)),
            at: entry.place)
          return nil
        }
        let isSwept = axis.values.contains {
          $0.value.isNumericallyEqual(to: entry.node.value)
        }
        if !isSwept, !entry.node.isInvalid {
          report(
            .unknownChoice(
              entry.node.value.flowText, field: entry.key, "a point that is excluded",
              allowed: axis.values.map(\.value.flowText)),
            at: entry.node.place)
        }
        return (axis.target, entry.node.value)
      }
      if values.count == entries.count { sweep.exclusions.append(.init(values: values)) }
    }
  }
}
