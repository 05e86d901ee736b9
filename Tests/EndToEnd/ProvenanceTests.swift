import Foundation
import Testing

/// Where a run, a result or an object came from, as PROV-JSON.
@Suite struct ProvenanceTests {
  private static let pipeline = """
    name: p
    seed: 3
    stages:
      split: { run: "mkdir f; cat ${inputs.x} > f/a; echo 0 >> f/a; echo 1 > f/b", inputs: { x: "file:data" }, outputs: { f: f } }
      use: { run: "cat ${inputs.x} > o; echo 3 >> o; echo 2 > p", inputs: { x: split.f/a }, config: { depth: 2 }, outputs: { o: o, p: p } }
      aside: { run: "echo 4 > o", outputs: { o: o } }
      join: { run: "cat ${inputs.x} ${inputs.y} > o", inputs: { x: use.o, y: use.p }, outputs: { o: o } }
    """

  private typealias Section = [String: [String: Any]]

  private func provenance(
    _ space: borrowing Workspace, of hash: String
  ) async throws -> [String: Section] {
    let shown = try await space.repro("show", hash, "--format", "prov")
    try #require(shown.status == 0, "\(shown.errors)")
    #expect(try await space.repro("show", hash, "--format", "prov").output == shown.output)
    var sections: [String: Section] = [:]
    for (name, section) in try shown.json() where name != "prefix" {
      sections[name] = try #require(section as? Section)
    }
    let prefixes = try #require(shown.json()["prefix"] as? [String: String])
    try check(sections, prefixes)
    return sections
  }

  /// Every name has a prefix that is declared, and every end of a relation is there.
  private func check(_ sections: [String: Section], _ prefixes: [String: String]) throws {
    let ends = [
      "prov:entity": "entity", "prov:usedEntity": "entity", "prov:generatedEntity": "entity",
      "prov:collection": "entity", "prov:plan": "entity", "prov:activity": "activity",
      "prov:agent": "agent",
    ]
    let relations = [
      "used", "wasGeneratedBy", "wasDerivedFrom", "wasAssociatedWith", "hadMember",
    ]
    for (name, section) in sections {
      let isRelation = relations.contains(name)
      #expect(isRelation || ["entity", "activity", "agent"].contains(name))
      for (id, members) in section {
        let prefix = String(id.prefix { $0 != ":" })
        #expect(isRelation ? prefix == "_" : prefixes[prefix] != nil, "\(id)")
        for (key, value) in members {
          #expect(key.hasPrefix("prov:") || key.hasPrefix("repro:"))
          guard let target = ends[key] else { continue }
          let end = try #require(value as? String)
          #expect(sections[target]?[end] != nil, "\(name) \(key) \(end)")
        }
      }
    }
  }

  @Test func `an object leads through every result above it to the files from outside`()
    async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    try space.write("data", "from outside")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let joined = try #require(run.digests()["join.o"])
    let all = try await provenance(space, of: joined)
    let activities = try #require(all["activity"])
    #expect(
      Set(activities.values.map { $0["prov:label"] as? String }) == ["p/split", "p/use", "p/join"])
    let use = try #require(activities.first { $0.value["prov:label"] as? String == "p/use" })
    #expect(use.value["repro:seed"] as? String == "3")
    #expect((use.value["repro:config"] as? String)?.contains(#""depth":2"#) == true)
    #expect((use.value["prov:endTime"] as? String)?.hasSuffix("Z") == true)
    let entities = try #require(all["entity"])
    // The file from outside, the folder, its item, and three outputs.
    #expect(entities.count == 6)
    let outside = entities.filter { $0.value["repro:origin"] as? String == "outside" }
    #expect(outside.count == 1)
    #expect(entities.values.allSatisfy { ($0["repro:sha256"] as? String)?.count == 64 })
    #expect(all["hadMember"]?.count == 1)
    #expect(all["used"]?.count == 4 && all["wasGeneratedBy"]?.count == 5)
    let derived = try #require(all["wasDerivedFrom"]?.values)
    #expect(derived.count { $0["prov:generatedEntity"] as? String == "object:\(joined)" } == 2)
    let agent = try #require(all["agent"]?.first)
    #expect(agent.key.hasPrefix("engine:") && all["agent"]?.count == 1)
    #expect(all["wasAssociatedWith"]?.count == 3)
  }

  @Test func `so do a result and a run, also when the bytes are gone`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    try space.write("data", "from outside")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    let stages = try #require(run.json()["stages"] as? [[String: Any]])
    let use = try #require(stages.first { $0["name"] as? String == "use" }?["key"] as? String)
    #expect(try await provenance(space, of: use)["activity"]?.count == 2)
    let whole = try await provenance(space, of: hash)
    #expect(whole["activity"]?.count == 4)
    #expect(whole["entity"]?["run:\(hash)"] != nil)
    #expect(whole["wasAssociatedWith"]?.values.allSatisfy { $0["prov:plan"] != nil } == true)
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    let evicted = try await provenance(space, of: hash)
    #expect(evicted["activity"]?.count == 4 && evicted["wasGeneratedBy"]?.count == 6)
    let other = try await space.repro("show", hash, "--format", "xml")
    #expect(other.status == 2 && other.errors.contains("prov"), "\(other.errors)")
  }

  @Test func `a file that nothing made is an entity, and that is all`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    try space.write("data", "from outside")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0)
    let why = try await space.repro("cache", "why", "data", "--format", "json")
    let digest = try #require(why.json()["digest"] as? String)
    #expect(try await provenance(space, of: digest)["entity"]?.count == 1)
  }
}
