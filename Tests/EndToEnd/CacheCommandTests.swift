import Foundation
import Store
import Testing

/// The commands that look into the cache, on a store that is made by hand: no stage is computed.
@Suite struct CacheCommandTests: ~Copyable {
  // A store with a chain of three results, a run of them and a file from outside.
  private let space: Workspace
  private let store: Store
  private let records: [Record]
  private let run: Digest

  init() throws {
    let space = try Workspace()
    let store = try Store(at: "\(space.path)/cache", create: true)
    try space.write("data.txt", "from outside\n")
    let file = try store.put(fileAt: "\(space.path)/data.txt")
    var records: [Record] = []
    var input = file
    for (index, name) in ["noisy", "pretrain", "evaluate"].enumerated() {
      let output = try store.put(bytes: [UInt8](repeating: UInt8(index), count: 1000 * (index + 1)))
      let preimage = try store.put(
        bytes: Array(
          """
          {"inputs":{"in":{"sha256":"s:\(input.sha256)","xxh3":"s:\(input.digest)"}},\
          "kind":"s:kind-\(name)","type":"s:stage"}
          """.utf8))
      records.append(
        Record(
          key: preimage.digest, preimage: preimage.digest, outputs: ["out": output],
          madeAt: Date().timeIntervalSince1970 - 3 * 86_400 * Double(index),
          seconds: Double(100 * index + 1), stage: "mnist/\(name)"))
      try store.save(records[index])
      input = output
    }
    let snapshot = try store.put(bytes: Self.snapshot(records, file))
    try store.saveRun(
      hash: snapshot.digest, name: "mnist",
      records: ["noisy": records[0].key, "pretrain": records[1].key, "evaluate": records[2].key])
    (self.store, self.records, run) = (store, records, snapshot.digest)
    self.space = space
  }

  private static func snapshot(_ records: [Record], _ file: Content) -> [UInt8] {
    let stages = [("evaluate", 2), ("noisy", 0), ("pretrain", 1)].map { name, index in
      #""\#(name)":{"inputs":{},"preimage":{"kind":"s:kind-\#(name)","type":"s:stage"}}"#
    }
    let content =
      #"{"digest":"s:\#(file.digest)","kind":"s:file","sha256":"s:\#(file.sha256)","size":"i:\#(file.size)"}"#
    return Array(
      #"{"file":\#(content),"format":"i:1","stages":{\#(stages.joined(separator: ","))},"type":"s:snapshot"}"#
        .utf8)
  }

  private func repro(_ arguments: String...) async throws -> Workspace.Result {
    try await space.repro(arguments)
  }

  private func list(_ arguments: String...) async throws -> [[String: Any]] {
    let result = try await space.repro(["cache", "ls", "--format", "json"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(object as? [[String: Any]])
  }

  private func stages(_ arguments: String...) async throws -> [String] {
    let result = try await space.repro(["cache", "ls", "--format", "json"] + arguments)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return (object as? [[String: Any]] ?? []).compactMap { $0["stage"] as? String }
  }

  @Test func `ls chooses and sorts`() async throws {
    #expect(try await stages() == ["mnist/noisy", "mnist/pretrain", "mnist/evaluate"])
    #expect(
      try await stages("--sort", "size") == ["mnist/evaluate", "mnist/pretrain", "mnist/noisy"])
    #expect(
      try await stages("--sort", "name") == ["mnist/evaluate", "mnist/noisy", "mnist/pretrain"])
    #expect(try await stages("--stage", "pretrain") == ["mnist/pretrain"])
    #expect(try await stages("--stage", "mnist/pretrain") == ["mnist/pretrain"])
    #expect(try await stages("--larger", "2kB") == ["mnist/evaluate"])
    #expect(try await stages("--older", "5d") == ["mnist/evaluate"])
    #expect(try await stages("--run", run.description).count == 3)
    let text = try await repro("cache", "ls")
    #expect(text.output.contains("mnist/pretrain"))
    #expect(text.output.contains("kind-pretrain"))
    #expect(text.output.contains("2.0 KiB"))
    #expect(text.output.contains("present"))
  }

  @Test func `show knows runs, results and objects, and names all that a prefix may be`()
    async throws
  {
    let run = try await repro("show", run.description)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("pipeline  mnist"))
    let key = records[1].key.description
    let result = try await repro("show", String(key.prefix(12)))
    #expect(result.output.contains("stage     mnist/pretrain"))
    #expect(result.output.contains("read by   \(records[2].key.description.prefix(12))"))
    let output = try #require(records[0].outputs["out"])
    let object = try await repro("show", output.digest.description)
    #expect(object.output.contains("made by  \(records[0].key)  mnist/noisy"))
    #expect(object.output.contains("read by  \(records[1].key)  mnist/pretrain"))
    for index in 0..<200 { _ = try store.put(bytes: [UInt8(index), 9]) }
    let ambiguous = try await repro("show", String(key.prefix(1)))
    #expect(ambiguous.status == 2)
    #expect(ambiguous.errors.contains("more digits, please"))
    #expect(ambiguous.errors.contains("object "))
  }

  @Test(arguments: [
    "../../no/such/thing", "a/b", "'; DROP TABLE object; --", "\"", "%", "zz", "ABCDEF", "é",
    String(repeating: "a", count: 5000),
  ])
  func `hostile hashes are requests that cannot be met`(hash: String) async throws {
    for command in [
      ["show"], ["cache", "show"], ["cache", "verify"], ["cache", "pin"], ["cache", "why"],
      ["cache", "unpin"], ["cache", "ls", "--run"], ["rerun"],
    ] {
      let result = try await space.repro(command + [hash])
      #expect(result.status == 2, "\(command): \(result.errors)")
      #expect(result.errors.utf8.count < 1000, "\(command)")
      #expect(result.output.isEmpty)
    }
    #expect(try store.verify().isEmpty)
  }

  @Test(arguments: [
    ["gc", "--budget", "much"], ["gc", "--keep-days", "-1"], ["gc", "--keep-runs", "-1"],
    ["ls", "--larger", "-5"], ["ls", "--older", "yesterday"], ["ls", "--sort", "colour"],
    ["gc", "--budget", "1e400"], ["gc", "--budget", String(repeating: "9", count: 5000)],
  ])
  func `amounts that are none are refused`(arguments: [String]) async throws {
    let result = try await space.repro(["cache"] + arguments)
    #expect(result.status == 2, "\(result.errors)")
  }

  @Test func `pins keep, are shown, and let go`() async throws {
    let key = records[0].key.description
    let pin = try await repro("cache", "pin", String(key.prefix(10)), "--name", "the good one")
    #expect(pin.status == 0, "\(pin.errors)")
    let listed = try await list("--stage", "noisy")
    #expect(listed.first?["pins"] as? [String] == ["the good one"])
    #expect(try await repro("show", key).output.contains("pin       the good one"))
    let gc = try await repro("cache", "gc", "--keep-runs", "0", "--budget", "0B")
    #expect(gc.status == 0, "\(gc.errors)")
    #expect(try store.records().map(\.key) == [records[0].key])
    #expect(try await repro("cache", "unpin", "the good one").status == 0)
    #expect(try await repro("cache", "unpin", "the good one").status == 2)
    #expect(try await repro("cache", "gc", "--keep-runs", "0").status == 0)
    #expect(try store.records().isEmpty)
    #expect(try store.objects().isEmpty)
    #expect(try await repro("cache", "pin", key, "--name", "a/b").status == 2)
  }

  @Test func `gc says what it would cost, and evicts down to a budget`() async throws {
    let dry = try await repro("cache", "gc", "--budget", "4500B", "--dry-run")
    #expect(dry.status == 0, "\(dry.errors)")
    // A chain of 1,000 bytes in 1 s, 2,000 in 101 s and 3,000 in 201 s.
    let verdict =
      "2 would go, frees 2.9 KiB, would cost 1:42 min to make again, 1 run stays verifiable"
    #expect(dry.output.contains(verdict), "\(dry.output)")
    #expect(try store.results().allSatisfy { !$0.isEvicted })
    let gc = try await repro("cache", "gc", "--budget", "4500B")
    #expect(gc.status == 0, "\(gc.errors)")
    let evicted = try await list().filter { $0["state"] as? String == "evicted" }
    #expect(!evicted.isEmpty)
    #expect(try await repro("cache", "verify").status == 0)
    #expect(try await repro("show", run.description).output.contains("evicted"))
    let du = try await repro("cache", "du")
    #expect(du.output.contains("kind-evaluate"))
    #expect(du.output.contains("(evicted, gone)"))
  }

  @Test func `why leads from a file up to where it came from, and down to what read it`()
    async throws
  {
    let output = try #require(records[2].outputs["out"])
    try store.deliver(output, to: "\(space.path)/result.bin")
    let up = try await repro("cache", "why", "result.bin")
    #expect(up.status == 0, "\(up.errors)")
    for stage in ["noisy", "pretrain", "evaluate"] { #expect(up.output.contains("mnist/\(stage)")) }
    #expect(up.output.contains("a file from outside"))
    let down = try await repro("cache", "why", "data.txt")
    #expect(down.output.contains("no result on record made it"))
    #expect(down.output.contains("file of  run \(run.description.prefix(12))"))
    #expect(down.output.split(separator: "\n").filter { $0.hasPrefix("read by") }.count == 3)
    try space.write("stranger.txt", "never seen")
    let stranger = try await repro("cache", "why", "stranger.txt")
    #expect(stranger.output.contains("no result on record read it"))
    let json = try await repro("cache", "why", "result.bin", "--format", "json").json()
    #expect((json["made-by"] as? [Any])?.count == 3)
  }

  @Test func `verify repairs by forgetting what is damaged, and no more`() async throws {
    let output = try #require(records[1].outputs["out"])
    let name = output.digest.description
    let path = "\(space.path)/cache/objects/\(name.prefix(2))/\(name.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    try Data("damage".utf8).write(to: URL(filePath: path))
    let part = try await repro("cache", "verify", records[0].key.description)
    #expect(part.status == 0, "\(part.errors)")
    let verify = try await repro("cache", "verify", records[1].key.description, "--repair")
    #expect(verify.status == 3)
    #expect(verify.output.contains(name))
    #expect(verify.output.contains("1 results forgotten"))
    #expect(try await repro("cache", "verify").status == 0)
    #expect(try store.records().count == 2)
  }
}
