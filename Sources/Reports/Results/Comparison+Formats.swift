public import Documents
import Pipelines

extension Comparison {
  /// The comparison for people: a result a line.
  public var text: TextTable {
    var table = TextTable(
      header: [
        "result", "A", "B", "B − A", "95 % interval", "p (t)", "p (signed rank)", "pairs",
        "B better", "B higher", "equal", "A better", "A higher",
      ], rows: [], rightAligned: Set(1...12))
    for line in lines {
      let pairs = line.pairs
      guard pairs.count > 0 else {
        table.rows.append(
          [line.title] + [String](repeating: "", count: 6) + ["0", "", "", "", "", ""])
        continue
      }
      let spread = Spread(pairs.differences)
      let places =
        line.spec.digits
        ?? Figures.places(
          for: [Spread(pairs.a), Spread(pairs.b)] + (pairs.count > 1 ? [spread] : []))
      let number = { Figures.decimals($0, places) }
      let interval = pairs.interval().map {
        "\(number($0.lowerBound)) to \(number($0.upperBound))"
      }
      let (higher, equal, lower) = pairs.signs
      let wins: [String] =
        switch line.spec.direction {
        case .higher: ["\(higher)", "", "\(equal)", "\(lower)", ""]
        case .lower: ["\(lower)", "", "\(equal)", "\(higher)", ""]
        case nil: ["", "\(higher)", "\(equal)", "", "\(lower)"]
        }
      table.rows.append(
        [
          line.title, number(pairs.meanA), number(pairs.meanB), number(pairs.meanDifference),
          interval ?? "", pairs.probability.map(Figures.probability) ?? "",
          pairs.count < 2
            ? "" : pairs.signedRankProbability.map(Figures.probability) ?? "", "\(pairs.count)",
        ] + wins)
    }
    return table.withoutEmptyColumns
  }

  /// What a reader has to know besides.
  public var notes: [String] {
    var notes: [String] = []
    let counts = Set(lines.map(\.pairs.count))
    if counts.contains(0) {
      notes.append(
        "no pairs: A and B have no point with the same \(pairedBy.joined(separator: ", "))")
    }
    if counts.contains(1) {
      notes.append("one pair has no interval: run more seeds of both")
    }
    let fewest = counts.filter { $0 > 1 }.min() ?? 6
    if fewest < 6 {
      let least = Figures.probability(2 / Double(1 << fewest))
      notes.append("of \(fewest) pairs the signed rank test says \(least) at the least")
    }
    if !unpaired.isEmpty {
      notes.append(
        "not in the comparison:\n  "
          + unpaired.map { "\($0.point): \($0.why)" }.joined(separator: "\n  "))
    }
    if lines.contains(where: \.isOracle) {
      notes.append(
        "(oracle): chosen by what only somebody knows who has the true labels or the true matrix")
    }
    return notes
  }

  /// The comparison as a document, every value in full.
  public var document: Value {
    [
      "a": .string(a), "b": .string(b), "paired-by": .list(pairedBy.map(Value.string)),
      "results": .list(lines.map(document)),
      "unpaired": .list(
        unpaired.map { ["point": .string($0.point), "why": .string($0.why)] }),
    ]
  }

  private func document(_ line: Line) -> Value {
    let pairs = line.pairs
    let (higher, equal, lower) = pairs.signs
    let number = { (value: Double) -> Value in pairs.count > 0 ? .float(value) : .null }
    return [
      "name": .string(line.spec.name), "oracle": .bool(line.isOracle),
      "better": line.spec.direction.map { .string($0.rawValue) } ?? .null,
      "pairs": .list(
        pairs.a.indices.map { index in
          [
            "key": .map(
              Dictionary(
                zip(pairedBy, line.keys[index]), uniquingKeysWith: { first, _ in first })),
            "a": .float(pairs.a[index]), "b": .float(pairs.b[index]),
          ]
        }),
      "mean-a": number(pairs.meanA), "mean-b": number(pairs.meanB),
      "mean-difference": number(pairs.meanDifference),
      "interval": pairs.interval().map { .list([.float($0.lowerBound), .float($0.upperBound)]) }
        ?? .null,
      "p-t": pairs.probability.map(Value.float) ?? .null,
      "p-signed-rank": pairs.signedRankProbability.map(Value.float) ?? .null,
      "b-higher": .int(Int64(higher)), "equal": .int(Int64(equal)),
      "a-higher": .int(Int64(lower)),
    ]
  }

  /// Comma-separated values in full: a result a line.
  public var csv: String {
    let header = [
      "result", "pairs", "mean A", "mean B", "B - A", "interval low", "interval high", "p t",
      "p signed rank", "B higher", "equal", "A higher",
    ]
    let rows = lines.map { line -> [String] in
      let pairs = line.pairs
      let (higher, equal, lower) = pairs.signs
      let interval = pairs.interval()
      let means =
        pairs.count > 0 ? [pairs.meanA, pairs.meanB, pairs.meanDifference] : []
      let numbers: [Double?] =
        (means.isEmpty ? [nil, nil, nil] : means)
        + [
          interval?.lowerBound, interval?.upperBound, pairs.probability,
          pairs.signedRankProbability,
        ]
      return [line.title, "\(pairs.count)"] + numbers.map { $0.map { "\($0)" } ?? "" }
        + ["\(higher)", "\(equal)", "\(lower)"]
    }
    return TextTable.csv([header] + rows)
  }
}

extension Comparison.Line {
  var title: String { isOracle ? "\(spec.name) (oracle)" : spec.name }
}
