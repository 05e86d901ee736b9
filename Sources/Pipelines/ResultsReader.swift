import Documents

/// Reads what a pipeline names as its results, and checks it against the stages.
///
/// Nothing of it is in a key, nor in a run's hash.
struct ResultsReader {
  private let stages: [StageDraft]
  private let stageNames: [String]
  private let paramNames: [String]
  private(set) var problems: [PipelineError] = []

  /// `stageNames` are all that are written, also those that could not be read; `paramNames` those at the top.
  init(_ stages: [StageDraft], stageNames: [String], paramNames: [String]) {
    self.stages = stages
    self.stageNames = stageNames
    self.paramNames = paramNames
  }

  /// The results in file order, and the choice among points if there is one.
  mutating func read(_ node: Node) -> (results: [ResultSpec], choice: ResultChoice?) {
    if node.isNull || node.isInvalid { return ([], nil) }
    guard let entries = node.entries else {
      reportWrong("'results'", "a map like { T error: estimate/estimation error }", node)
      return ([], nil)
    }
    let named = entries.filter { $0.key != ResultSpec.choiceKey }
    let results = named.compactMap { readResult($0) }
    let choice = entries.first { $0.key == ResultSpec.choiceKey }
      .flatMap { readChoice($0, among: named.map(\.key)) }
    return (results, choice)
  }

  private mutating func report(_ problem: PipelineError.Problem, at place: SourceLocation) {
    problems.append(PipelineError(problem, at: place))
  }

  private mutating func reportWrong(_ what: String, _ expected: String, _ node: Node) {
    if node.isInvalid { return }
    report(.wrongPart(what, expected: expected, found: node.found), at: node.place)
  }

  private mutating func readResult(_ entry: Node.Entry) -> ResultSpec? {
    if let rule = Self.complaint(about: entry.key) {
      report(.malformedName(entry.key, "a result", rule: rule), at: entry.place)
    }
    if let text = entry.node.text { return readShort(text, entry) }
    guard let fields = entry.node.entries else {
      reportWrong(
        "result \(quoted(entry.key))", "STAGE/FIGURE, or a map with 'of' and 'metric'", entry.node)
      return nil
    }
    return readLong(fields, entry)
  }

  private static func complaint(about name: String) -> String? {
    if name.isEmpty { return "it is empty" }
    return name.unicodeScalars.count > 100 ? "it is longer than 100 characters" : nil
  }

  /// `STAGE/FIGURE`. Names of stages have no slash, those of figures may.
  private mutating func readShort(_ text: String, _ entry: Node.Entry) -> ResultSpec? {
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty, !halves[0].contains(".")
    else {
      report(.malformedResult(text, result: entry.key), at: entry.node.place)
      return nil
    }
    let stage = String(halves[0])
    guard checkStage(stage, entry, at: entry.node.place) else { return nil }
    return ResultSpec(entry.key, .figure(stage: stage, name: String(halves[1])))
  }

  private mutating func readLong(_ fields: [Node.Entry], _ entry: Node.Entry) -> ResultSpec? {
    let owner = "result \(quoted(entry.key))"
    let allowed = ["of", "metric", "at", "better", "digits"]
    for field in fields where !allowed.contains(field.key) {
      report(.unknownPart(field.key, owner, allowed: allowed), at: field.place)
    }
    for key in ["of", "metric"] where entry.node[key] == nil {
      report(.missingPart(key, owner), at: entry.node.place)
    }
    let better = entry.node["better"].flatMap {
      readWord($0, "'better' of \(owner)", ResultSpec.Better.self)
    }
    let digits = entry.node["digits"].flatMap {
      readCount($0, "'digits' of \(owner)", in: 0...12)
    }
    let row = entry.node["at"].flatMap { readRow($0, owner) }
    guard let of = readText(entry.node["of"], "'of' of \(owner)"),
      let metric = readText(entry.node["metric"], "'metric' of \(owner)"),
      let source = readSource(of, metric, row, entry)
    else { return nil }
    return ResultSpec(entry.key, source, better: better, digits: digits)
  }

  /// `STAGE` for what it reports, `STAGE.OUTPUT` for a row of metrics.
  private mutating func readSource(
    _ of: String, _ metric: String, _ row: RowChoice?, _ entry: Node.Entry
  ) -> ResultSpec.Source? {
    let place = entry.node["of"]?.place ?? entry.place
    let names = of.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= 2, !names.contains(""), !of.contains("/") else {
      report(.malformedResult(of, result: entry.key), at: place)
      return nil
    }
    guard checkStage(names[0], entry, at: place) else { return nil }
    guard names.count == 2 else {
      if let at = entry.node["at"] {
        report(.rowOfFigure(stage: names[0], result: entry.key), at: at.place)
      }
      return .figure(stage: names[0], name: metric)
    }
    guard checkOutput(names[1], of: names[0], entry, at: place) else { return nil }
    return .metric(stage: names[0], output: names[1], name: metric, at: row ?? .last)
  }

  private mutating func checkStage(
    _ stage: String, _ entry: Node.Entry, at place: SourceLocation
  ) -> Bool {
    if stageNames.contains(stage) { return true }
    report(.unknownResultStage(stage, result: entry.key, allowed: stageNames), at: place)
    return false
  }

  private mutating func checkOutput(
    _ output: String, of stage: String, _ entry: Node.Entry, at place: SourceLocation
  ) -> Bool {
    // What is wrong with the stage itself was told of.
    guard let draft = stages.first(where: { $0.name == stage }), let outputs = draft.outputs else {
      return true
    }
    guard let found = outputs.first(where: { $0.name == output }) else {
      report(
        .unknownResultOutput(
          output, of: stage, result: entry.key, allowed: outputs.map(\.name)), at: place)
      return false
    }
    if found.isFolder == true {
      report(.folderAsResult("\(stage).\(output)", result: entry.key), at: place)
    }
    return true
  }

  // MARK: Choices

  private static let rowWords =
    "last, or one of { best: METRIC, mode: max }, { epoch: N }, { mean-of-last: N }"

  private mutating func readRow(_ node: Node, _ owner: String) -> RowChoice? {
    let what = "'at' of \(owner)"
    if node.text == "last" { return .last }
    let keys = ["best", "mode", "epoch", "mean-of-last"]
    guard let fields = node.entries else {
      reportWrong(what, Self.rowWords, node)
      return nil
    }
    for field in fields where !keys.contains(field.key) {
      report(.unknownPart(field.key, what, allowed: keys), at: field.place)
    }
    let chosen = fields.filter { keys.contains($0.key) && $0.key != "mode" }
    guard chosen.count == 1, let choice = chosen.first else {
      if fields.allSatisfy({ keys.contains($0.key) }) { reportWrong(what, Self.rowWords, node) }
      return nil
    }
    if choice.key != "best", let mode = fields.first(where: { $0.key == "mode" }) {
      report(.unknownPart("mode", what, allowed: [choice.key]), at: mode.place)
    }
    let part = "'at.\(choice.key)' of \(owner)"
    switch choice.key {
    case "best":
      let mode = node["mode"].map { readWord($0, "'at.mode' of \(owner)", Extreme.self) } ?? .max
      return readText(choice.node, part).flatMap { by in mode.map { .best(by: by, mode: $0) } }
    case "epoch": return readCount(choice.node, part, in: 0...1_000_000).map { .epoch($0) }
    default: return readCount(choice.node, part, in: 1...1_000_000).map { .meanOfLast($0) }
    }
  }

  private mutating func readChoice(_ entry: Node.Entry, among results: [String]) -> ResultChoice? {
    let owner = "'choose' of the results"
    guard let fields = entry.node.entries else {
      reportWrong(owner, "a map like { over: epoch, by: T error, mode: min }", entry.node)
      return nil
    }
    let allowed = ["over", "by", "mode"]
    for field in fields where !allowed.contains(field.key) {
      report(.unknownPart(field.key, owner, allowed: allowed), at: field.place)
    }
    for key in allowed where entry.node[key] == nil {
      report(.missingPart(key, owner), at: entry.node.place)
    }
    let mode = entry.node["mode"].flatMap { readWord($0, "'mode' of \(owner)", Extreme.self) }
    guard let over = readText(entry.node["over"], "'over' of \(owner)"),
      let by = readText(entry.node["by"], "'by' of \(owner)"), let mode
    else { return nil }
    guard results.contains(by) else {
      report(.unknownResult(by, allowed: results), at: entry.node["by"]?.place ?? entry.place)
      return nil
    }
    guard isSettable(over) else {
      report(
        .unknownChoiceParam(over, allowed: ["seed"] + paramNames),
        at: entry.node["over"]?.place ?? entry.place)
      return nil
    }
    return ResultChoice(over: over, by: by, mode: mode)
  }

  /// Whether a sweep can vary something of this name; it need not do so in each study of the pipeline. One that was
  /// printed from a run has no params left.
  private func isSettable(_ name: String) -> Bool {
    switch Override.target(name) {
    case .seed: true
    case .param(let path): paramNames.isEmpty || paramNames.contains(path[0])
    case .stage(let stage, _): stageNames.contains(stage)
    case nil: false
    }
  }

  // MARK: Scalars

  private mutating func readText(_ node: Node?, _ what: String) -> String? {
    guard let node else { return nil }
    if let text = node.text, !text.isEmpty { return text }
    reportWrong(what, "text", node)
    return nil
  }

  private mutating func readCount(
    _ node: Node, _ what: String, in range: ClosedRange<Int>
  ) -> Int? {
    if let number = node.value.int.flatMap({ Int(exactly: $0) }), range.contains(number) {
      return number
    }
    reportWrong(what, "a whole number, \(range.lowerBound) to \(range.upperBound)", node)
    return nil
  }

  private mutating func readWord<Word: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ what: String, _: Word.Type
  ) -> Word? {
    if let word = node.text.flatMap(Word.init(rawValue:)) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
    reportWrong(what, words, node)
    return nil
  }
}
