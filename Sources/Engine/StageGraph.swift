/// The stages of a run by their numbers, and who reads from whom. Every walk over it is a loop.
struct StageGraph: Sendable {
  let tasks: [StageTask]
  /// Of each stage, those it reads from and those that read from it.
  let upstream: [[Int]]
  let downstream: [[Int]]

  /// - Parameter tasks: each behind those that it reads from.
  init(_ tasks: [StageTask]) {
    self.tasks = tasks
    let numbers = Dictionary(
      tasks.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    upstream = tasks.map { task in task.upstream.compactMap { numbers[$0] }.sorted() }
    var readers = [[Int]](repeating: [], count: tasks.count)
    for (reader, sources) in upstream.enumerated() {
      for source in sources { readers[source].append(reader) }
    }
    downstream = readers
  }

  /// The seconds from the start of each stage to the end of the longest chain below it.
  func longestPaths(_ seconds: [Double]) -> [Double] {
    var paths = seconds
    for stage in tasks.indices.reversed() {
      paths[stage] += downstream[stage].reduce(0) { max($0, paths[$1]) }
    }
    return paths
  }
}
