/// What stays in a collection: the roots, and every object that these lead to.
struct Living {
  /// By the places of the graph.
  private(set) var runs: [Bool]
  private(set) var results: [Bool]
  private(set) var objects: [Bool]
  /// Results that are pinned, or of a pinned run.
  private(set) var pinned: Set<Int32> = []
  /// Entries of folders that the index has not seen yet.
  private(set) var unseen: [Int32: [Int32]] = [:]
  private let graph: ReferenceGraph

  init(_ graph: ReferenceGraph, _ policy: CollectionPolicy, in store: Store) throws {
    self.graph = graph
    runs = Array(repeating: policy.keepsAll, count: graph.runs.count)
    results = Array(repeating: policy.keepsAll, count: graph.results.count)
    objects = Array(repeating: false, count: graph.objects.count)
    chooseRuns(policy)
    chooseResults(policy)
    try followAll(in: store)
  }

  private mutating func chooseRuns(_ policy: CollectionPolicy) {
    var counts: [[UInt8]: Int] = [:]
    let pinned = Set(graph.pins)
    for (place, run) in graph.runs.enumerated() {
      let name = Array(run.name.utf8)
      counts[name, default: 0] += 1
      let isNew = counts[name, default: 0] <= policy.keepRuns ?? 0
      let isPinned = pinned.contains(.run(run.hash))
      if isNew || isPinned || policy.isYoung(run.startedAt) { runs[place] = true }
      guard runs[place] else { continue }
      for result in run.results {
        results[Int(result)] = true
        if isPinned { self.pinned.insert(result) }
      }
    }
  }

  private mutating func chooseResults(_ policy: CollectionPolicy) {
    for (place, result) in graph.results.enumerated() where policy.isYoung(result.madeAt) {
      results[place] = true
    }
    for case .result(let key) in graph.pins {
      guard let place = graph.result(key) else { continue }
      results[Int(place)] = true
      pinned.insert(place)
    }
  }

  private mutating func followAll(in store: Store) throws {
    var open: [Int32] = []
    for case .object(let digest) in graph.pins { open += graph.object(digest).map { [$0] } ?? [] }
    for (place, run) in graph.runs.enumerated() where runs[place] {
      open += run.objects
      if let snapshot = run.snapshot { open.append(snapshot) }
    }
    try follow(&open, in: store)
    for (place, result) in graph.results.enumerated() where results[place] {
      open += graph.kept[place]
      if let preimage = result.preimage { open.append(preimage) }
      try follow(&open, in: store)
    }
  }

  private mutating func follow(_ open: inout [Int32], in store: Store) throws {
    while let object = open.popLast() {
      guard !objects[Int(object)] else { continue }
      objects[Int(object)] = true
      open += try entries(of: object, in: store)
    }
  }

  private mutating func entries(of object: Int32, in store: Store) throws -> ArraySlice<Int32> {
    let known = graph.entries[Int(object)]
    guard known.isEmpty, graph.objects[Int(object)].kind == .tree else { return known }
    // An empty folder, or one that was damaged when the index was built and has healed since.
    do {
      let tree = try store.tree(of: graph.objects[Int(object)].digest)
      let found = tree.entries.compactMap { graph.object($0.content.digest) }
      if !found.isEmpty { unseen[object] = found }
      return found[...]
    } catch let error as StoreError where error.isDamage || error.isRequest {
      return []
    }
  }

  /// The entries of a folder that lives.
  func entries(of object: Int32) -> ArraySlice<Int32> {
    let known = graph.entries[Int(object)]
    return known.isEmpty ? unseen[object]?[...] ?? [] : known
  }

  /// Of all objects that stay.
  var bytes: Int {
    var sum = 0
    for (place, isLiving) in objects.enumerated() where isLiving {
      sum += graph.objects[place].size
    }
    return sum
  }
}
