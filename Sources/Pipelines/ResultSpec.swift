import Documents

/// A figure that a pipeline names as one of its results.
public struct ResultSpec: Hashable, Sendable {
  /// Where the figure comes from.
  public enum Source: Hashable, Sendable {
    /// What the stage itself reports under the name.
    case figure(stage: String, name: String)
    /// A column of an output in JSON lines, in the row that is chosen.
    case metric(stage: String, output: String, name: String, at: RowChoice)
  }

  /// What it is called.
  public let name: String
  public let source: Source
  /// Whether lower or higher figures are better, where that is said.
  public let better: Better?
  /// Digits behind the point, where that is said.
  public let digits: Int?

  public init(_ name: String, _ source: Source, better: Better? = nil, digits: Int? = nil) {
    self.name = name
    self.source = source
    self.better = better
    self.digits = digits
  }

  public enum Better: String, Hashable, Sendable, CaseIterable { case lower, higher }

  /// The stage that the figure comes from.
  public var stage: String {
    switch source {
    case .figure(let stage, _), .metric(let stage, _, _, _): stage
    }
  }

  /// What the figure is called where it comes from.
  public var metric: String {
    switch source {
    case .figure(_, let name), .metric(_, _, let name, _): name
    }
  }
}

/// A row of metrics, which have one row an epoch.
public enum RowChoice: Hashable, Sendable {
  case last
  /// The row in which another metric is best; the first of equals.
  case best(by: String, mode: Extreme)
  case epoch(Int)
  /// The mean over so many rows at the end, or over all if there are fewer.
  case meanOfLast(Int)
}

/// Which of two values is taken.
public enum Extreme: String, Hashable, Sendable, CaseIterable { case max, min }

/// Of the points of a study that differ in one swept param alone, the one that is best by a result.
public struct ResultChoice: Hashable, Sendable {
  /// The swept param.
  public let over: String
  /// The result.
  public let by: String
  public let mode: Extreme

  public init(over: String, by: String, mode: Extreme) {
    self.over = over
    self.by = by
    self.mode = mode
  }
}

extension ResultSpec {
  /// The key of `results` that is no result.
  static let choiceKey = "choose"

  /// As it is written in a pipeline file, in the short form where that says all.
  var written: Value {
    if case .figure(let stage, let name) = source, better == nil, digits == nil {
      return .string("\(stage)/\(name)")
    }
    var members: [String: Value] = ["metric": .string(metric)]
    switch source {
    case .figure(let stage, _): members["of"] = .string(stage)
    case .metric(let stage, let output, _, let row):
      members["of"] = .string("\(stage).\(output)")
      if row != .last { members["at"] = row.value }
    }
    members["better"] = better.map { .string($0.rawValue) }
    members["digits"] = digits.map { .int(Int64($0)) }
    return .map(members)
  }

  /// As it is kept on record, where a list keeps the order.
  var value: Value { ["name": .string(name), "result": written] }
}

extension RowChoice {
  fileprivate var value: Value {
    switch self {
    case .last: "last"
    case .best(let metric, let mode):
      ["best": .string(metric), "mode": .string(mode.rawValue)]
    case .epoch(let epoch): ["epoch": .int(Int64(epoch))]
    case .meanOfLast(let count): ["mean-of-last": .int(Int64(count))]
    }
  }
}

extension ResultChoice {
  var written: Value {
    ["over": .string(over), "by": .string(by), "mode": .string(mode.rawValue)]
  }

  var value: Value { ["name": .string(ResultSpec.choiceKey), "result": written] }
}
