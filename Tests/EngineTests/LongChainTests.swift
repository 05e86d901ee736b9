import Documents
import Engine
import Foundation
import Pipelines
import Store
import Testing

/// A chain of 2,000 stages, or of as many as `REPRO_SCALE` says: 100,000 are planned and run in as many
/// times the time. The times are printed; beside other tests they say nothing.
@Suite struct LongChainTests {
  static let count =
    ProcessInfo.processInfo.environment["REPRO_SCALE"].flatMap { Int($0) } ?? 2000

  private static func pipeline(first: String = "echo 0 > o") throws -> ResolvedPipeline {
    let lines = (0..<count).map { index in
      let inputs = index == 0 ? "" : ", inputs: { x: s\(index - 1).o }"
      return
        "  s\(index): { run: '\(index == 0 ? first : "echo \(index) > o")', sandbox: off, outputs: { o: o }\(inputs) }\n"
    }
    let text = "name: long\nstages:\n" + lines.joined()
    return try resolve(pipeline: Array(text.utf8), file: "long.yaml", kinds: [])
  }

  /// Writes the files of a store in which every stage of the chain has a result; the index is built
  /// from them.
  private static func fill(_ path: String, with pipeline: ResolvedPipeline) throws {
    var last: [String: Content] = [:]
    for stage in pipeline.stages {
      let output = Array("\(stage.name)\n".utf8)
      let content = Content(hashing: output)
      let preimage = try Preimage(of: stage, kinds: KindRegistry([]), inputs: last)
      let record: Value = [
        "type": "result", "key": .string("\(preimage.key)"),
        "preimage": .string("\(preimage.key)"), "outputs": ["o": content.value], "notes": [:],
        "made-at": 1.0, "seconds": 0.5, "stage": .string("long/\(stage.name)"),
        "acceptances": .list([]), "evicted": false,
      ]
      try write(output, below: "\(path)/objects")
      try write(preimage.canonicalBytes, below: "\(path)/objects")
      try write(record.canonicalBytes, below: "\(path)/records")
      last = ["x": content]
    }
  }

  private static func write(_ bytes: [UInt8], below path: String) throws {
    let name = Digest(hashing: bytes).description
    let folder = "\(path)/\(name.prefix(2))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = fopen("\(folder)/\(name.dropFirst(2))", "w")
    defer { if let file { fclose(file) } }
    try #require(file.map { fwrite(bytes, 1, bytes.count, $0) } == bytes.count)
  }

  private func timed<T>(_ what: String, _ body: () async throws -> T) async rethrows -> T {
    let start = ContinuousClock.now
    let result = try await body()
    let taken = (ContinuousClock.now - start) / .seconds(1)
    print("\(Self.count) stages: \(what): \(taken) s")
    // Many times what is usual, in the proportion of the stages.
    if Self.count > 2000 { #expect(taken < 0.02 * Double(Self.count), "\(what)") }
    return result
  }

  private func makeEngine(at path: String) throws -> Engine {
    Engine(
      store: try Store(at: path, create: true), kinds: KindRegistry([]), program: "/bin/false",
      arguments: [])
  }

  private let options = RunOptions(jobs: 2, threads: 2)
  private let occasion = Occasion(startedAt: 1, host: "host", engine: "1", engineDigest: "")

  @Test func `with all results recorded it is planned and run without computing`() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/long-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pipeline = try await timed("resolved") { try Self.pipeline() }
    try await timed("files") { try Self.fill("\(folder)/cache", with: pipeline) }
    let engine = try await timed("index") { try makeEngine(at: "\(folder)/cache") }
    let plan: [PlannedStage] = try await timed("planned") {
      try engine.plan(pipeline, folder: folder, options: options)
    }
    #expect(plan.count == Self.count && plan.allSatisfy(\.isReused))
    let outcome = try await timed("run") {
      try await engine.run(
        pipeline, folder: folder, options: options, occasion: occasion, onEvent: { _ in })
    }
    #expect(outcome.reused == Self.count && outcome.executed == 0)
  }

  @Test func `with nothing recorded it is planned, and a failure at its head ends the run`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.path + "/long-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pipeline = try Self.pipeline(first: "exit 1")
    let engine = try makeEngine(at: "\(folder)/cache")
    let plan: [PlannedStage] = try await timed("planned anew") {
      try engine.plan(pipeline, folder: folder, options: options)
    }
    #expect(plan.count == Self.count && !plan.contains(where: \.isReused))
    let failure = await timed("run to its failure") {
      await #expect(throws: RunFailure.self) {
        try await engine.run(
          pipeline, folder: folder, options: options, occasion: occasion, onEvent: { _ in })
      }
    }
    #expect(failure?.stages.map(\.name) == ["s0"])
    #expect(failure?.skipped.count == Self.count - 1)
  }
}
