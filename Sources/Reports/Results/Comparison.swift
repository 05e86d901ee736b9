public import Documents
public import Engine
public import Pipelines
public import Store

/// Two studies compared, point by point.
public struct Comparison: Sendable {
  /// One of the two: what it is called, its points, and what is swept in it.
  public struct Side: Sendable {
    public let title: String
    public let points: [StudyPoint]
    public let axes: [String]

    public init(title: String, points: [StudyPoint], axes: [String]) {
      self.title = title
      self.points = points
      self.axes = axes
    }
  }

  /// How the two do in one result.
  public struct Line: Sendable {
    public let spec: ResultSpec
    public let isOracle: Bool
    public let pairs: PairedDifference
    /// The values of what the pairs are paired by, pair by pair.
    public let keys: [[Value]]
  }

  /// A point that has no partner, or whose partner or itself has no number.
  public struct Unpaired: Hashable, Sendable {
    public let point: String
    public let why: String
  }

  public let a: String
  public let b: String
  /// The params that two points of a pair have in common.
  public let pairedBy: [String]
  public let lines: [Line]
  public let unpaired: [Unpaired]
}

extension Comparison {
  /// Pairs the points by their seeds and by all that is swept in both.
  ///
  /// `metrics` are the results to compare; if empty, all that both have.
  /// - Throws: ``ReportError`` when there is nothing to compare or points cannot be told apart; `StoreError`.
  public init(_ a: Side, _ b: Side, metrics: [String] = [], from store: Store) throws {
    let names = Self.names(a, b)
    let pairing = try Pairing(a, b, by: names)
    var reader = ResultReader(store)
    var unpaired = pairing.unpaired
    var lines: [Line] = []
    for (own, other) in try Self.results(a, b, metrics) {
      var (left, right, keys): ([Double], [Double], [[Value]]) = ([], [], [])
      for pair in pairing.pairs {
        let outcomes = (
          try ResultTable.outcome(of: own, at: pair.a, by: &reader),
          try ResultTable.outcome(of: other, at: pair.b, by: &reader)
        )
        if let one = outcomes.0?.value, let two = outcomes.1?.value {
          left.append(one)
          right.append(two)
          keys.append(pair.key)
        } else {
          for (side, outcome) in [("A", outcomes.0), ("B", outcomes.1)] {
            guard outcome?.value == nil else { continue }
            let why = outcome?.absence ?? "has no such result"
            unpaired.append(
              Unpaired(
                point: Pairing.words(names, pair.key), why: "\(side) \(why) (\(own.name))"))
          }
        }
      }
      let isOracle =
        a.points.contains { Oracle.chose(own, in: $0.pipeline) }
        || b.points.contains { Oracle.chose(other, in: $0.pipeline) }
      lines.append(
        Line(
          spec: own, isOracle: isOracle, pairs: PairedDifference(a: left, b: right), keys: keys))
    }
    let (ownWords, otherWords) = Self.differences(a, b)
    self.a = ([a.title] + ownWords).joined(separator: " · ")
    self.b = ([b.title] + otherWords).joined(separator: " · ")
    pairedBy = names
    self.lines = lines
    self.unpaired = unpaired.uniqued
  }

  /// What all points of A have, and all of B otherwise: `noise.type=pair`, and for B `noise.type=symmetric`.
  private static func differences(_ a: Side, _ b: Side) -> ([String], [String]) {
    let pipelines = [a, b].map { $0.points.map(\.pipeline) }
    let varying = Set(pipelines.flatMap(PointValue.differing))
    let names = PointValue.differing(among: pipelines.flatMap(\.self)).filter {
      // The stages of two pipelines differ anyway.
      !varying.contains($0) && $0 != "seed" && (a.title == b.title || !$0.hasPrefix("stages."))
    }
    let words = [a, b].map { side in
      names.prefix(6).compactMap { name in
        side.points.first.flatMap { PointValue.named(name, of: $0) }
          .map { "\(name)=\(PointValue.text($0))" }
      }
    }
    return (words[0], words[1])
  }

  /// The seed, and what is swept in either and has a value in both.
  private static func names(_ a: Side, _ b: Side) -> [String] {
    let swept = (a.axes + b.axes).uniqued.filter { $0 != "seed" && $0 != "pipeline" }
    let common = swept.filter { name in
      [a, b].allSatisfy { side in
        side.points.allSatisfy { PointValue.named(name, of: $0) != nil }
      }
    }
    return common + ["seed"]
  }

  /// The results of one name that both have, as each has them.
  private static func results(
    _ a: Side, _ b: Side, _ wanted: [String]
  ) throws -> [(ResultSpec, ResultSpec)] {
    let own = ResultTable.specs(of: a.points)
    let others = ResultTable.specs(of: b.points)
    let common = own.compactMap { spec in
      others.first { $0.name == spec.name }.map { (spec, $0) }
    }
    guard !common.isEmpty else {
      throw ReportError.nothingInCommon(a: own.map(\.name), b: others.map(\.name))
    }
    if wanted.isEmpty { return common }
    return try wanted.map { name in
      guard let found = common.first(where: { $0.0.name == name }) else {
        throw ReportError.unknownResult(name, known: common.map(\.0.name))
      }
      return found
    }
  }
}

/// Which point of A goes with which of B.
private struct Pairing {
  struct Pair {
    let key: [Value]
    let a: StudyPoint
    let b: StudyPoint
  }

  private(set) var pairs: [Pair] = []
  private(set) var unpaired: [Comparison.Unpaired] = []

  init(_ a: Comparison.Side, _ b: Comparison.Side, by names: [String]) throws {
    let left = try Self.keyed(a, by: names, "A")
    let right = try Self.keyed(b, by: names, "B")
    let partners = Dictionary(right, uniquingKeysWith: { first, _ in first })
    for (key, point) in left {
      if let partner = partners[key] {
        pairs.append(Pair(key: key, a: point, b: partner))
      } else {
        unpaired.append(.init(point: Self.words(names, key), why: "only in A"))
      }
    }
    let known = Set(left.map(\.0))
    for (key, _) in right where !known.contains(key) {
      unpaired.append(.init(point: Self.words(names, key), why: "only in B"))
    }
  }

  private static func keyed(
    _ side: Comparison.Side, by names: [String], _ letter: String
  ) throws -> [([Value], StudyPoint)] {
    var keyed: [([Value], StudyPoint)] = []
    var titles: [[Value]: [String]] = [:]
    for point in side.points {
      let key = names.map { PointValue.named($0, of: point) ?? .null }
      keyed.append((key, point))
      titles[key, default: []].append(point.title)
    }
    for (key, _) in keyed {
      guard let several = titles[key], several.count > 1 else { continue }
      throw ReportError.severalPartners(
        side: letter, pairedBy: words(names, key), points: several)
    }
    return keyed
  }

  static func words(_ names: [String], _ key: [Value]) -> String {
    zip(names, key).map { "\($0)=\(PointValue.text($1))" }.joined(separator: " ")
  }
}

extension ResultOutcome {
  /// Why there is no number.
  fileprivate var absence: String? {
    switch self {
    case .value: nil
    case .diverged: "diverged"
    case .notRun: "has not been run"
    case .absent: "has no such row or figure"
    case .lost(let output, let isDamaged):
      "has lost '\(output)', which is \(isDamaged ? "damaged" : "evicted"): run it again"
    }
  }
}
