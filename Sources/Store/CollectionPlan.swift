/// What a collection may take: made from one look at the index, void if that has changed.
struct CollectionPlan {
  var runs: [ReferenceGraph.Run] = []
  var results: [Digest] = []
  /// Objects that no result and no run needs.
  var objects: [ReferenceGraph.Object] = []
  var evictions: [(key: Digest, bytes: Int)] = []
  /// Objects that only the evicted results need.
  var freed: [ReferenceGraph.Object] = []
  /// Files that the index does not know.
  var strays: [String] = []
  /// How long it took to compute what is evicted.
  var seconds = 0.0
  /// Runs that stay, with every result or what is left of it, so that a rerun can be compared.
  var verifiableRuns = 0
  let stamp: Index.Stamp

  init(_ store: Store, _ policy: CollectionPolicy) throws {
    let (graph, stamp) = try store.index.read { db in (try ReferenceGraph(db), try Index.stamp(db))
    }
    self.stamp = stamp
    let living = try Living(graph, policy, in: store)
    for (place, run) in graph.runs.enumerated() where !living.runs[place] { runs.append(run) }
    for (place, it) in graph.results.enumerated() where !living.results[place] {
      results.append(it.key)
    }
    for (place, it) in graph.objects.enumerated() where !living.objects[place] {
      objects.append(it)
    }
    verifiableRuns = graph.runs.indices.count { living.runs[$0] && graph.runs[$0].isWhole }
    if policy.budget != nil { choose(Eviction(graph, living, policy), from: graph) }
    try findStrays(store, graph)
  }

  private mutating func choose(_ eviction: Eviction, from graph: ReferenceGraph) {
    evictions = eviction.choices.map { (graph.results[Int($0.result)].key, $0.bytes) }
    freed = eviction.freed.map { graph.objects[Int($0)] }
    seconds = eviction.choices.reduce(0) { $0 + graph.results[Int($1.result)].seconds }
  }

  private mutating func findStrays(_ store: Store, _ graph: ReferenceGraph) throws {
    strays = try store.objectFolder.strays { graph.object($0) != nil }
    strays += try store.recordFolder.strays { graph.isDocument($0) }
  }
}
