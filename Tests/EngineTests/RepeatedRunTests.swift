import Corpus
import Documents
import Engine
import Foundation
import Pipelines
import Store
import Testing

/// A request is known again exactly when a run of it would compute nothing and come out the same.
@Suite struct RepeatedRunTests {
  private static let pipeline = """
    name: p
    stages:
      a: { run: "sed s/^/a/ ${inputs.d} > o", sandbox: off, tools: [mytool], inputs: { d: file:data }, outputs: { o: o } }
      b: { run: "mkdir f; sed s/^/b/ ${inputs.x} > f/g", sandbox: off, inputs: { x: a.o }, outputs: { f: f } }
    """

  /// A folder with a pipeline that was run once.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.path + "/repeated-\(UUID().uuidString)"
    var options: RunOptions
    var overrides: [String] = []
    var program = "the program"
    let engine: Engine

    init() async throws {
      try FileManager.default.createDirectory(
        atPath: "\(path)/bin", withIntermediateDirectories: true)
      options = RunOptions(jobs: 2, threads: 2, searchPath: "\(path)/bin:/usr/bin:/bin")
      engine = Engine(
        store: try Store(at: "\(path)/cache", create: true), kinds: KindRegistry([]),
        program: "/bin/false", arguments: [])
      try write("p.yaml", RepeatedRunTests.pipeline)
      try write("data", "1")
      try write("bin/mytool", "#!/bin/sh\n")
      try await run()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
      chmod("\(path)/\(name)", 0o755)
    }

    private var occasion: Occasion {
      Occasion(startedAt: 1, host: "host", engine: "1", engineDigest: program)
    }

    func request(_ file: String = "p.yaml") throws -> RunRequest {
      RunRequest(
        pipeline: [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(file)"))), file: file,
        overrides: overrides)
    }

    func resolved(_ file: String = "p.yaml") throws -> ResolvedPipeline {
      let request = try request(file)
      return try resolve(
        pipeline: request.pipeline, file: file, overrides: overrides, kinds: [])
    }

    @discardableResult
    func run(_ file: String = "p.yaml") async throws -> RunOutcome {
      try await run(try resolved(file), try request(file))
    }

    func run(_ pipeline: ResolvedPipeline, _ request: RunRequest) async throws -> RunOutcome {
      try await engine.run(
        pipeline, folder: path, options: options, occasion: occasion, request: request,
        onEvent: { _ in })
    }

    func repeated(_ file: String = "p.yaml") throws -> RunOutcome? {
      try repeated(try request(file))
    }

    func repeated(_ request: RunRequest) throws -> RunOutcome? {
      try engine.repeated(request, folder: path, options: options, occasion: occasion)
    }

    /// Removes the file of a stage's output.
    func remove(_ digest: Digest) throws {
      let name = digest.description
      try FileManager.default.removeItem(
        atPath: "\(path)/cache/objects/\(name.prefix(2))/\(name.dropFirst(2))")
    }
  }

  @Test func `with nothing changed it is the run that a look at every stage finds`() async throws {
    let place = try await Place()
    let looked = try await place.run()
    let repeated = try #require(try place.repeated())
    #expect(repeated.runHash == looked.runHash && repeated.name == looked.name)
    #expect(repeated.stages.map(\.name) == looked.stages.map(\.name))
    #expect(repeated.stages.map(\.record) == looked.stages.map(\.record))
    #expect(repeated.executed == 0 && repeated.reused == 2)
    let run = try place.engine.store.run(matching: looked.runHash.description)
    #expect(run.executions.map(\.reused).sorted() == [0, 2, 2])
  }

  @Test func `whatever is asked differently is another request`() async throws {
    let place = try await Place()
    place.program = "another build"
    #expect(try place.repeated() == nil)
    place.program = ""
    #expect(try place.repeated() == nil)
    place.program = "the program"
    place.overrides = ["stages.b.env.X=1"]
    #expect(try place.repeated() == nil)
    place.overrides = []
    place.options.force = ["a"]
    #expect(try place.repeated() == nil)
    place.options.force = []
    place.options.isParanoid = true
    #expect(try place.repeated() == nil)
    place.options.isParanoid = false
    try place.write("p.yaml", Self.pipeline + "# said in passing\n")
    #expect(try place.repeated() == nil)
    try place.write("p.yaml", Self.pipeline)
    try place.write("q.yaml", Self.pipeline)
    #expect(try place.repeated("q.yaml") == nil)
    #expect(try place.repeated() != nil)
  }

  @Test func `a file with the XXH3-128 of another is another request`() async throws {
    let place = try await Place()
    let pipeline = try place.resolved()
    func request(_ bytes: [UInt8]) -> RunRequest {
      RunRequest(pipeline: bytes, file: "p.yaml", overrides: [])
    }
    _ = try await place.run(pipeline, request(Twins.one))
    #expect(try place.repeated(request(Twins.one)) != nil)
    #expect(try place.repeated(request(Twins.other)) == nil)
  }

  @Test func `what changes outside is seen`() async throws {
    let place = try await Place()
    try place.write("data", "2")
    #expect(try place.repeated() == nil)
    #expect(try await place.run().executed == 2)
    #expect(try place.repeated() != nil)
    try place.write("bin/mytool", "#!/bin/sh\nexit 0\n")
    #expect(try place.repeated() == nil)
    #expect(try await place.run().executed == 1)
    #expect(try place.repeated() != nil)
    try FileManager.default.createDirectory(
      atPath: "\(place.path)/other", withIntermediateDirectories: true)
    place.options.searchPath = "\(place.path)/other:\(place.options.searchPath)"
    #expect(try place.repeated() != nil)
    try place.write("other/mytool", "#!/bin/sh\nexit 1\n")
    #expect(try place.repeated() == nil)
    try FileManager.default.removeItem(atPath: "\(place.path)/other")
    #expect(try place.repeated() != nil)
    try FileManager.default.removeItem(atPath: "\(place.path)/data")
    #expect(try place.repeated() == nil)
    try FileManager.default.createSymbolicLink(
      atPath: "\(place.path)/data", withDestinationPath: "bin/mytool")
    #expect(try place.repeated() == nil)
  }

  @Test func `what is damaged, lost, forgotten or given up is seen, and made again`() async throws {
    let place = try await Place()
    let first = try await place.run()
    let store = place.engine.store
    let (a, b) = (first.stages[0].record, first.stages[1].record)
    let folder = try #require(b.outputs["f"]).digest
    let file = try #require(try store.tree(of: folder).entries.first).content.digest
    let output = try #require(a.outputs["o"]).digest
    for digest in [output, file, folder, first.runHash] {
      try place.remove(digest)
      #expect(try place.repeated() == nil, "\(digest)")
      #expect(try await place.run().runHash == first.runHash)
      #expect(try place.repeated() != nil, "\(digest)")
    }
    try store.forget(key: b.key)
    #expect(try place.repeated() == nil)
    try await place.run()
    #expect(try place.repeated() != nil)
  }

  @Test func `what came out otherwise meanwhile is not mixed with what was built on it`()
    async throws
  {
    let place = try await Place()
    let text = """
      name: r
      stages:
        a: { run: "cat /proc/sys/kernel/random/uuid > o", sandbox: off, outputs: { o: o } }
        b: { run: "cat ${inputs.x} > o", sandbox: off, inputs: { x: a.o }, outputs: { o: o } }
      """
    try place.write("r.yaml", text)
    try place.write("s.yaml", text)
    let first = try await place.run("r.yaml")
    #expect(try place.repeated("r.yaml") != nil)
    place.options.force = ["a"]
    let second = try await place.run("s.yaml")
    place.options.force = []
    #expect(first.runHash != second.runHash)
    #expect(first.stages[0].record.key == second.stages[0].record.key)
    #expect(try place.repeated("r.yaml") == nil)
    #expect(try place.repeated("s.yaml")?.runHash == second.runHash)
  }

  @Test func `a run that was collected is not known again`() async throws {
    let place = try await Place()
    let first = try await place.run()
    _ = try place.engine.store.collect(keepRuns: 0)
    #expect(try place.repeated() == nil)
    let again = try await place.run()
    #expect(again.runHash == first.runHash && again.executed == 2)
  }

  @Test func `of evicted results it leaves the judgement to a look at every stage`() async throws {
    let place = try await Place()
    let first = try await place.run()
    _ = try place.engine.store.collect(CollectionPolicy(budget: 0))
    #expect(try place.repeated() == nil)
    #expect(try await place.run().runHash == first.runHash)
    #expect(try place.repeated() != nil)
  }

  @Test func `it says what ran last, as a look at every stage does`() async throws {
    let place = try await Place()
    let first = try await place.run()
    place.overrides = ["stages.b.env.X=1"]
    let second = try await place.run()
    #expect(first.stages[1].record.key != second.stages[1].record.key)
    #expect(try place.engine.store.labelled("p/b").first == second.stages[1].record.key)
    place.overrides = []
    #expect(try place.repeated() != nil)
    #expect(try place.engine.store.labelled("p/b").first == first.stages[1].record.key)
  }

  @Test func `what a killed run left is removed, as by any run`() async throws {
    let place = try await Place()
    let left = "\(place.path)/cache/work/dead"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    #expect(try place.repeated() != nil)
    #expect(!FileManager.default.fileExists(atPath: left))
  }

  @Test func `without the index nothing is remembered and nothing lost`() async throws {
    let place = try await Place()
    try FileManager.default.removeItem(atPath: "\(place.path)/cache/index.sqlite")
    let engine = Engine(
      store: try Store(at: "\(place.path)/cache", create: false), kinds: KindRegistry([]),
      program: "/bin/false", arguments: [])
    let occasion = Occasion(startedAt: 1, host: "host", engine: "1", engineDigest: place.program)
    #expect(
      try engine.repeated(
        try place.request(), folder: place.path, options: place.options, occasion: occasion) == nil)
  }
}
