/// A graph of stages as lines of text: one row a stage, lines from those it reads from, as of a history of commits.
///
/// ```
/// ●    dataset
/// ├─●  noisy
/// └─●  train
/// ```
struct StageDrawing {
  private let sources: [[Int]]
  /// Of each stage the last one that reads from it; itself if none does.
  private let lastReader: [Int]

  /// - Parameter stages: each behind those that it reads from.
  init(_ stages: [(name: String, sources: [String])]) {
    let numbers = Dictionary(
      stages.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    sources = stages.map { $0.sources.compactMap { numbers[$0] } }
    var last = Array(stages.indices)
    for (reader, sources) in sources.enumerated() {
      for source in sources { last[source] = max(last[source], reader) }
    }
    lastReader = last
  }

  /// A line for each stage, with this text behind the drawing.
  func lines(text: (Int) -> String) -> [String] {
    var lanes: [Int?] = []
    let rows = sources.indices.map { stage in row(stage, &lanes) }
    let width = rows.map(\.count).max() ?? 0
    return rows.enumerated().map { stage, row in
      String(row) + String(repeating: " ", count: width - row.count + 2) + text(stage)
    }
  }

  /// Draws the stage's row, and leaves the lanes as they are below it: whose output runs down in each.
  private func row(_ stage: Int, _ lanes: inout [Int?]) -> [Character] {
    let reads = Set(sources[stage])
    let joined = lanes.indices.filter { lane in lanes[lane].map(reads.contains) ?? false }
    let ending = joined.filter { lane in lanes[lane].map { lastReader[$0] == stage } ?? false }
    let free = ending.first ?? lanes.firstIndex(of: nil) ?? lanes.count
    if free == lanes.count { lanes.append(nil) }
    let left = min(free, joined.first ?? free)
    let right = max(free, joined.last ?? free)
    var row: [Character] = []
    for lane in lanes.indices {
      if lane > 0 { row.append(lane > left && lane <= right ? "─" : " ") }
      row.append(symbol(lane, at: free, joined, ending, isLive: lanes[lane] != nil, left..<right))
    }
    for lane in ending { lanes[lane] = nil }
    lanes[free] = lastReader[stage] == stage ? nil : stage
    while lanes.last == .some(nil) { lanes.removeLast() }
    return row
  }

  private func symbol(
    _ lane: Int, at own: Int, _ joined: [Int], _ ending: [Int], isLive: Bool, _ line: Range<Int>
  ) -> Character {
    if lane == own { return "●" }
    if joined.contains(lane) {
      let (isOuterLeft, isOuterRight) = (lane == line.lowerBound, lane == line.upperBound)
      if ending.contains(lane) { return isOuterLeft ? "└" : isOuterRight ? "┘" : "┴" }
      return isOuterLeft ? "├" : isOuterRight ? "┤" : "┼"
    }
    guard line.contains(lane) else { return isLive ? "│" : " " }
    return isLive ? "┼" : "─"
  }
}
