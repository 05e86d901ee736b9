public import Tensors

/// Rows divided among centres by distance (Lloyd's algorithm).
///
/// Distances are squared Euclidean, in binary64 from the binary32 numbers, features ascending; so are the
/// means, over rows ascending, rounded once. Ties go to the smaller index. A cluster that has become empty takes
/// the row that is farthest from its own centre (the smallest index of equals), which leaves its cluster;
/// of several empty ones the smaller index first.
public struct KMeans: Sendable, Hashable {
  /// `centres.count / features` rows, row-major.
  public let centres: [Float]
  /// The centre of each row.
  public let assignments: [Int32]
  /// The sum of the rows' squared distances to their centres.
  public let objective: Double
  /// The rounds of assigning and averaging.
  public let rounds: Int

  /// What goes wrong before anything is computed.
  public enum Failure: Error, Equatable {
    case malformedRows([Int])
    case malformedCentres([Int], features: Int)
    case tooFewRows(Int, clusters: Int)
    case notFinite
  }

  /// Clusters from given centres: `[rows, features]`, `[clusters, features]`.
  ///
  /// Ends when no row changes its cluster, or after `rounds`.
  public init(
    _ data: Tensor, centres: Tensor, rounds: Int = 20
  ) throws(Failure) {
    let points = try Points(data, clusters: centres.shape.first ?? 0)
    guard centres.rank == 2, centres.shape[0] > 0, centres.shape[1] == points.features else {
      throw .malformedCentres(centres.shape, features: points.features)
    }
    guard centres.isFinite else { throw .notFinite }
    self.init(points, centres: centres.values.map { Double($0) }, rounds)
  }

  /// The best of `restarts` clusterings, each from centres drawn by k-means++: `[rows, features]`.
  ///
  /// The first centre of restart t is row `⌊u n⌋`, `u` the uniform number at element `t · clusters` of the
  /// stream; each next one, with the element after, is the first row at which the running sum of the squared
  /// distances to the nearest centre so far exceeds `u` times their sum. The first of equal objectives
  /// is the best.
  public init(
    _ data: Tensor, clusters: Int, stream: RandomStream, restarts: Int = 5, rounds: Int = 20
  ) throws(Failure) {
    let points = try Points(data, clusters: clusters)
    var best: KMeans?
    for restart in 0..<max(restarts, 1) {
      let seeds = points.seeds(clusters, stream, from: UInt64(restart * clusters))
      let found = KMeans(points, centres: seeds.flatMap { points[$0] }, rounds)
      if best.map({ found.objective < $0.objective }) ?? true { best = found }
    }
    guard let best else { throw .tooFewRows(points.count, clusters: clusters) }
    self = best
  }

  private init(_ points: Points, centres initial: [Double], _ limit: Int) {
    var centres = initial
    var clusters: [Int] = []
    var taken = 0
    while taken < limit {
      let next = points.assigned(to: centres)
      if next == clusters { break }
      clusters = next
      centres = points.means(clusters, of: centres.count / max(points.features, 1))
      taken += 1
    }
    // What is returned is rounded first, and the assignments are those to the rounded centres.
    let rounded = centres.map { Float($0) }
    let widened = rounded.map { Double($0) }
    let final = points.nearest(widened)
    self.centres = rounded
    assignments = final.map { Int32($0.cluster) }
    objective = final.reduce(0) { $0 + $1.distance }
    rounds = taken
  }
}

/// The rows to be clustered, in binary64.
private struct Points {
  let count: Int
  let features: Int
  private let values: [Double]

  init(_ data: Tensor, clusters: Int) throws(KMeans.Failure) {
    guard data.rank == 2, data.shape[1] > 0 else { throw .malformedRows(data.shape) }
    guard data.shape[0] >= clusters, clusters > 0 else {
      throw .tooFewRows(data.shape[0], clusters: clusters)
    }
    guard data.isFinite else { throw .notFinite }
    (count, features) = (data.shape[0], data.shape[1])
    values = data.values.map { Double($0) }
  }

  subscript(row: Int) -> ArraySlice<Double> { values[row * features..<(row + 1) * features] }

  /// Each row's nearest centre, the first of equals.
  func nearest(_ centres: [Double]) -> [(cluster: Int, distance: Double)] {
    (0..<count).map { row in
      var best = (cluster: 0, distance: Double.infinity)
      for cluster in 0..<centres.count / features {
        let distance = distance(row, centres, cluster)
        if distance < best.distance { best = (cluster, distance) }
      }
      return best
    }
  }

  /// The nearest clusters, none of them empty.
  func assigned(to centres: [Double]) -> [Int] {
    var nearest = nearest(centres)
    var sizes = [Int](repeating: 0, count: centres.count / features)
    for (cluster, _) in nearest { sizes[cluster] += 1 }
    for empty in sizes.indices where sizes[empty] == 0 {
      var farthest: Int?
      for row in nearest.indices where sizes[nearest[row].cluster] > 1 {
        if farthest.map({ nearest[row].distance > nearest[$0].distance }) ?? true { farthest = row }
      }
      guard let farthest else { continue }
      sizes[nearest[farthest].cluster] -= 1
      sizes[empty] += 1
      nearest[farthest] = (empty, 0)
    }
    return nearest.map(\.cluster)
  }

  func means(_ clusters: [Int], of count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count * features)
    var sizes = [Double](repeating: 0, count: count)
    for (row, cluster) in clusters.enumerated() {
      sizes[cluster] += 1
      for i in 0..<features { sums[cluster * features + i] += values[row * features + i] }
    }
    return sums.indices.map { sums[$0] / sizes[$0 / features] }
  }

  /// The rows that k-means++ begins with.
  func seeds(_ clusters: Int, _ stream: RandomStream, from first: UInt64) -> [Int] {
    var seeds: [Int] = []
    var distances = [Double](repeating: .infinity, count: count)
    for number in 0..<clusters {
      let u = Double(stream.uniform(at: first + UInt64(number)))
      seeds.append(seeds.isEmpty ? Int(u * Double(count)) : pick(u, by: distances))
      let centre = Array(self[seeds[number]])
      for row in 0..<count { distances[row] = min(distances[row], distance(row, centre, 0)) }
    }
    return seeds
  }

  /// The row at which the running sum of the weights exceeds `u` times the whole; the last with a weight
  /// where rounding leaves none, and row 0 where all weights are 0.
  private func pick(_ u: Double, by weights: [Double]) -> Int {
    let whole = weights.reduce(0, +)
    var sum = 0.0
    for (row, weight) in weights.enumerated() {
      sum += weight
      if sum > u * whole { return row }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  private func distance(_ row: Int, _ centres: [Double], _ cluster: Int) -> Double {
    var sum = 0.0
    for i in 0..<features {
      let d = values[row * features + i] - centres[cluster * features + i]
      sum += d * d
    }
    return sum
  }
}
