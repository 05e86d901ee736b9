/// Where the stages of a pipeline are drawn: in layers from top to bottom, sources first.
///
/// After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures", 1981:
/// a stage's layer is the length of the longest path to it; the edges of a stage pass
/// through one place in each layer that they cross; within layers places are ordered by the mean of their neighbours, and then moved towards it.
package struct DagLayout {
  package struct Point: Hashable {
    package var x: Double
    package var y: Double
  }

  /// The middle of each stage, in the order of the names given.
  package private(set) var stages: [Point] = []
  /// Each edge's way from its source's middle to its reader's, one point a layer.
  package private(set) var edges: [[Point]] = []
  package private(set) var width = 0.0
  package private(set) var height = 0.0

  package static let boxWidth = 168.0
  package static let boxHeight = 44.0
  private static let layerHeight = 76.0
  private static let gap = 20.0

  private struct Place {
    var x = 0.0
    let half: Double
    var above: [Int] = []
    var below: [Int] = []
  }

  /// - Parameters:
  ///   - count: of stages.
  ///   - reads: pairs of a source's and a reader's place, sources before readers: `source < reader`.
  package init(count: Int, reads: [(source: Int, reader: Int)]) {
    guard count > 0 else { return }
    var depth = [Int](repeating: 0, count: count)
    for edge in reads.sorted(by: { $0.reader < $1.reader }) {
      depth[edge.reader] = max(depth[edge.reader], depth[edge.source] + 1)
    }
    var places = (0..<count).map { _ in Place(half: Self.boxWidth / 2) }
    var layers = [[Int]](repeating: [], count: (depth.max() ?? 0) + 1)
    for stage in 0..<count { layers[depth[stage]].append(stage) }
    var ways: [[Int]] = []
    // All edges from one stage share a place in each layer that they cross.
    var passages: [[Int]] = [[Int]](repeating: [], count: count)
    for edge in reads {
      let crossed = max(depth[edge.reader] - depth[edge.source] - 1, 0)
      while passages[edge.source].count < crossed {
        places.append(Place(half: 6))
        passages[edge.source].append(places.count - 1)
        layers[depth[edge.source] + passages[edge.source].count].append(places.count - 1)
      }
      let way = [edge.source] + passages[edge.source].prefix(crossed) + [edge.reader]
      for (one, next) in zip(way, way.dropFirst()) where !places[one].below.contains(next) {
        places[one].below.append(next)
        places[next].above.append(one)
      }
      ways.append(way)
    }
    Self.order(&layers, places)
    Self.place(layers, &places)
    let left = places.map { $0.x - $0.half }.min() ?? 0
    width = (places.map { $0.x + $0.half }.max() ?? 0) - left + 4
    height = Double(layers.count - 1) * Self.layerHeight + Self.boxHeight + 4
    var points = [Point](repeating: Point(x: 0, y: 0), count: places.count)
    for (layer, members) in layers.enumerated() {
      for member in members {
        points[member] = Point(
          x: places[member].x - left + 2,
          y: Double(layer) * Self.layerHeight + Self.boxHeight / 2 + 2)
      }
    }
    stages = Array(points[..<count])
    edges = ways.map { $0.map { points[$0] } }
  }

  /// Sweeps down and up, each layer by the mean place of its neighbours in the one before.
  private static func order(_ layers: inout [[Int]], _ places: [Place]) {
    var rank = [Double](repeating: 0, count: places.count)
    func note(_ layer: [Int]) {
      for (index, member) in layer.enumerated() { rank[member] = Double(index) }
    }
    layers.forEach(note)
    for sweep in 0..<8 {
      let downwards = sweep % 2 == 0
      for layer in downwards ? Array(layers.indices) : layers.indices.reversed() {
        let keys = layers[layer].map { member in
          mean((downwards ? places[member].above : places[member].below).map { rank[$0] })
            ?? rank[member]
        }
        layers[layer] = layers[layer].indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
          .map { layers[layer][$0] }
        note(layers[layer])
      }
    }
  }

  /// Moves the places of each layer towards their neighbours as far as their order and sizes let them.
  private static func place(_ layers: [[Int]], _ places: inout [Place]) {
    func settle(_ layer: [Int], _ wanted: [Double], _ places: inout [Place]) {
      var fromLeft = wanted
      for index in layer.indices.dropFirst() {
        let least = places[layer[index - 1]].half + places[layer[index]].half + gap
        fromLeft[index] = max(wanted[index], fromLeft[index - 1] + least)
      }
      var fromRight = wanted
      for index in layer.indices.dropLast().reversed() {
        let least = places[layer[index + 1]].half + places[layer[index]].half + gap
        fromRight[index] = min(wanted[index], fromRight[index + 1] - least)
      }
      // The mean of two that keep the distances keeps them, too.
      for index in layer.indices {
        places[layer[index]].x = (fromLeft[index] + fromRight[index]) / 2
      }
    }
    for layer in layers { settle(layer, layer.map { _ in 0 }, &places) }
    for sweep in 0..<12 {
      let downwards = sweep % 2 == 0
      for layer in downwards ? layers : layers.reversed() {
        let wanted = layer.map { member in
          let place = places[member]
          return mean((downwards ? place.above : place.below).map { places[$0].x })
            ?? mean((downwards ? place.below : place.above).map { places[$0].x }) ?? place.x
        }
        settle(layer, wanted, &places)
      }
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
