/// Chooses the results that are given up for their space: those whose bytes are cheapest to make again.
///
/// The value of a result is the seconds that it took for each byte that comes free without it; bytes
/// that another result needs, too, do not count. What was computed above it is not added: it is there,
/// or has been weighed itself. Pinned results, those of irreplaceable kinds and those without a
/// preimage are never chosen.
struct Eviction {
  struct Choice {
    /// By its place in the graph.
    let result: Int32
    let bytes: Int
  }

  private(set) var choices: [Choice] = []
  /// Objects that nothing keeps any more.
  private(set) var freed: [Int32] = []

  private let graph: ReferenceGraph
  private let living: Living
  private let budget: Int
  private var bytes: Int
  /// How many keep each object: results, folders, runs and pins.
  private var keepers: [Int32]

  /// A round weighs everything anew, since what shared its bytes may hold them alone by now.
  private static let mostRounds = 16

  init(_ graph: ReferenceGraph, _ living: Living, _ policy: CollectionPolicy) {
    self.graph = graph
    self.living = living
    budget = policy.budget ?? .max
    bytes = living.bytes
    keepers = []
    guard bytes > budget else { return }
    countKeepers()
    var candidates = graph.results.indices.filter { isCandidate($0, policy) }.map(Int32.init)
    for _ in 0..<Self.mostRounds where bytes > budget {
      let before = choices.count
      chooseOwn(&candidates)
      if choices.count == before { break }
    }
    // What is left shares its bytes: they come free when the last that needs them goes.
    if bytes > budget { chooseShared(candidates) }
    spareTheVain()
  }

  private func isCandidate(_ place: Int, _ policy: CollectionPolicy) -> Bool {
    let result = graph.results[place]
    return living.results[place] && !result.isEvicted && result.preimage != nil
      && !graph.kept[place].isEmpty && !living.pinned.contains(Int32(place))
      && !policy.irreplaceableKinds.contains(graph.kinds[Int(result.kind)])
  }

  private mutating func countKeepers() {
    keepers = Array(repeating: 0, count: graph.objects.count)
    func count(_ objects: some Sequence<Int32>, in keepers: inout [Int32]) {
      for object in objects { keepers[Int(object)] += 1 }
    }
    for (place, result) in graph.results.enumerated() where living.results[place] {
      count(graph.kept[place], in: &keepers)
      if let preimage = result.preimage { keepers[Int(preimage)] += 1 }
    }
    for (place, run) in graph.runs.enumerated() where living.runs[place] {
      count(run.objects, in: &keepers)
      if let snapshot = run.snapshot { keepers[Int(snapshot)] += 1 }
    }
    for case .object(let digest) in graph.pins {
      if let object = graph.object(digest) { keepers[Int(object)] += 1 }
    }
    for (place, isLiving) in living.objects.enumerated() where isLiving {
      count(living.entries(of: Int32(place)), in: &keepers)
    }
  }

  // MARK: Choosing

  private mutating func chooseOwn(_ candidates: inout [Int32]) {
    var weighed: [(value: Double, result: Int32)] = []
    for result in candidates {
      let own = ownBytes(of: result)
      if own > 0 { weighed.append((seconds(result) / Double(own), result)) }
    }
    weighed.sort { ($0.value, $0.result) < ($1.value, $1.result) }
    var chosen: Set<Int32> = []
    for (_, result) in weighed where bytes > budget {
      release(result)
      chosen.insert(result)
    }
    candidates.removeAll { chosen.contains($0) }
  }

  private mutating func chooseShared(_ candidates: [Int32]) {
    let weighed = candidates.map { result in
      (value: seconds(result) / share(of: result), result: result)
    }.sorted { ($0.value, $0.result) < ($1.value, $1.result) }
    for (_, result) in weighed where bytes > budget { release(result) }
  }

  private func seconds(_ result: Int32) -> Double { graph.results[Int(result)].seconds }

  /// What comes free without the result.
  private func ownBytes(of result: Int32) -> Int {
    var lost: [Int32: Int32] = [:]
    var open = Array(graph.kept[Int(result)])
    var sum = 0
    while let object = open.popLast() {
      lost[object, default: 0] += 1
      guard lost[object] == keepers[Int(object)] else { continue }
      sum += graph.objects[Int(object)].size
      open += living.entries(of: object)
    }
    return sum
  }

  /// The bytes of the result's objects, divided among those who keep them.
  private func share(of result: Int32) -> Double {
    var seen: Set<Int32> = []
    var open = Array(graph.kept[Int(result)])
    var sum = 0.0
    while let object = open.popLast() {
      guard seen.insert(object).inserted else { continue }
      sum += Double(graph.objects[Int(object)].size) / Double(max(1, keepers[Int(object)]))
      open += living.entries(of: object)
    }
    return max(sum, 1)
  }

  private mutating func release(_ result: Int32) {
    var open = Array(graph.kept[Int(result)])
    let before = bytes
    while let object = open.popLast() {
      keepers[Int(object)] -= 1
      guard keepers[Int(object)] == 0 else { continue }
      bytes -= graph.objects[Int(object)].size
      open += living.entries(of: object)
    }
    choices.append(Choice(result: result, bytes: before - bytes))
  }

  /// Takes back what freed nothing in the end: all of its objects are there still.
  private mutating func spareTheVain() {
    var needed: [Choice] = []
    for choice in choices {
      let outputs = graph.kept[Int(choice.result)]
      if outputs.allSatisfy({ keepers[Int($0)] > 0 }) {
        for object in outputs { keepers[Int(object)] += 1 }
      } else {
        needed.append(choice)
      }
    }
    choices = needed
    for (place, isLiving) in living.objects.enumerated()
    where isLiving && !keepers.isEmpty && keepers[place] == 0 { freed.append(Int32(place)) }
  }
}
