import Documents
import Engine
import Store

/// Where something came from, as a document of PROV-JSON: objects are entities, results the
/// activities that made them, and the programs that computed these the agents.
struct Provenance {
  private let store: Store
  private var prov = ProvDocument()
  /// Of the results that belong here.
  private let keys: Set<Digest>
  private let makers: ResultMakers
  /// Of a run, which results an input of a result is of, also where their bytes are gone.
  private let sources: [Input: Digest]

  private struct Input: Hashable {
    let reader: Digest
    let name: String
  }

  /// - Throws: `StoreError`; ``EngineError`` when a preimage cannot be read.
  init(of target: PinTarget, in store: Store) throws {
    self.store = store
    let order: [Digest]
    var sources: [Input: Digest] = [:]
    switch target {
    case .run(let hash):
      let run = try store.run(matching: hash.description)
      order = Set(run.records.values).sorted()
      sources = try Self.sources(in: run, store)
    case .result(let key): order = try store.lineage(ofResult: key).up.map(\.result.key)
    case .object(let digest): order = try store.lineage(of: digest).up.map(\.result.key)
    }
    self.sources = sources
    keys = Set(order)
    makers = try ResultMakers(of: order, in: store)
    let records = try store.records(for: order)
    for key in order { if let record = records[key] { try add(record) } }
    switch target {
    case .run(let hash): addPlan(hash)
    case .object(let digest): try addEntity(try store.object(matching: digest.description))
    case .result: break
    }
  }

  var document: Value { prov.value }

  private static func sources(in run: Run, _ store: Store) throws -> [Input: Digest] {
    var sources: [Input: Digest] = [:]
    for stage in try store.snapshot(run.hash).stages {
      for (name, source) in stage.inputs {
        guard let reader = run.records[stage.name], case .output(let maker, _, _) = source else {
          continue
        }
        sources[Input(reader: reader, name: name)] = run.records[maker]
      }
    }
    return sources
  }

  private mutating func add(_ record: Record) throws {
    let activity = "result:\(record.key)"
    let preimage = try store.preimage(record.preimage)
    prov.add("activity", activity, attributes(of: record, preimage))
    var inputs: [String] = []
    for (name, input) in (preimage.value["inputs"]?.map ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let digest = try input["xxh3"]?.string.map({ try Digest(parsing: $0) }) else {
        continue
      }
      let entity = try addInput(
        digest, input, of: sources[Input(reader: record.key, name: name)])
      prov.relate("used", ["prov:activity": activity, "prov:entity": entity], role: name)
      inputs.append(entity)
    }
    for (name, content) in record.outputs.sorted(by: { $0.key < $1.key }) {
      let entity = try addEntity(content)
      prov.relate("wasGeneratedBy", ["prov:entity": entity, "prov:activity": activity], role: name)
      // Of a copy there is nothing to be said: it is the same entity.
      for input in Set(inputs).sorted() where input != entity {
        prov.relate(
          "wasDerivedFrom",
          [
            "prov:generatedEntity": entity, "prov:usedEntity": input, "prov:activity": activity,
          ])
      }
    }
    if let maker = makers[record.key] { addAgent(maker, of: activity) }
  }

  private func attributes(of record: Record, _ preimage: Preimage) -> [String: Value] {
    var members: [String: Value] = [
      "prov:type": ProvDocument.name("repro:stage"), "repro:kind": .string(preimage.kind ?? ""),
      "repro:config": .string((preimage.config ?? [:]).json()),
    ]
    if !record.stage.isEmpty { members["prov:label"] = .string(record.stage) }
    if let version = preimage.version { members["repro:version"] = .int(Int64(version)) }
    if let seed = preimage.seed { members["repro:seed"] = .string(String(seed)) }
    if let host = makers[record.key]?.host { members["repro:host"] = .string(host) }
    if record.madeAt > 0 {
      members["prov:startTime"] = Display.timestamp(record.madeAt - record.seconds).map(
        Value.string)
      members["prov:endTime"] = Display.timestamp(record.madeAt).map(Value.string)
    }
    return members
  }

  // MARK: Entities

  @discardableResult
  private mutating func addEntity(_ content: Content) throws -> String {
    var members: [String: Value] = [
      "repro:sha256": .string(content.sha256.description), "repro:size": .int(Int64(content.size)),
    ]
    if content.kind == .tree { members["prov:type"] = ProvDocument.name("prov:Collection") }
    return prov.add("entity", "object:\(content.digest)", members)
  }

  /// An output of another result, an item of one, or a file from outside.
  private mutating func addInput(
    _ digest: Digest, _ identity: Value, of maker: Digest?
  ) throws -> String {
    var members: [String: Value] = [:]
    if let sha256 = identity["sha256"] { members["repro:sha256"] = sha256 }
    if identity["kind"] != nil { members["prov:type"] = ProvDocument.name("prov:Collection") }
    if try !store.runs(naming: digest).isEmpty { members["repro:origin"] = "outside" }
    let entity = prov.add("entity", "object:\(digest)", members)
    let known = try store.makers(of: digest).map(\.key).filter(keys.contains)
    for key in maker.map({ [$0] }) ?? known { try addItem(digest, of: key) }
    return entity
  }

  /// Says what made an item of a folder; of an output itself that is said elsewhere.
  private mutating func addItem(_ digest: Digest, of key: Digest) throws {
    guard let outputs = try store.record(for: key)?.outputs,
      !outputs.values.contains(where: { $0.digest == digest })
    else { return }
    let entity = Value.string("object:\(digest)")
    prov.add(
      "wasGeneratedBy", "_:item-\(key)-\(digest)",
      ["prov:entity": entity, "prov:activity": .string("result:\(key)")])
    for folder in folders(among: outputs, with: digest) {
      prov.add(
        "hadMember", "_:member-\(folder)-\(digest)",
        ["prov:collection": .string("object:\(folder)"), "prov:entity": entity])
    }
  }

  /// The folders that the object is an item of, as far as they are there.
  private func folders(among outputs: [String: Content], with digest: Digest) -> [Digest] {
    outputs.values.filter { $0.kind == .tree }.map(\.digest).sorted().filter { folder in
      (try? store.tree(of: folder))?.entries.contains { $0.content.digest == digest } ?? false
    }
  }

  /// Of a run, the snapshot that it followed.
  private mutating func addPlan(_ hash: Digest) {
    prov.add("entity", "run:\(hash)", ["prov:type": ProvDocument.name("prov:Plan")])
    prov.addToEach("wasAssociatedWith", ["prov:plan": .string("run:\(hash)")])
  }

  // MARK: Agents

  private mutating func addAgent(_ execution: Execution, of activity: String) {
    let digest = execution.engineDigest
    let agent = prov.add(
      "agent", "engine:\(digest.isEmpty ? execution.engine : digest)",
      [
        "prov:type": ProvDocument.name("prov:SoftwareAgent"),
        "prov:label": .string("repro \(execution.engine)"),
        "repro:version": .string(execution.engine),
      ])
    prov.relate("wasAssociatedWith", ["prov:activity": activity, "prov:agent": agent])
  }
}
