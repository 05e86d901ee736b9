import Foundation
import Glibc
import Store
import Testing

/// A re-execution that does not come out the same says where, and by how much.
@Suite struct RerunTests {
  @Test func `names the first stage, epoch and parameter that differ, and by how many ULP`()
    async throws
  {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    try falsify("pretrain", in: space.path)

    let hash = try #require(run.json()["run"] as? String)
    let rerun = try await space.repro("rerun", hash)
    #expect(rerun.status == 1, "\(rerun.errors)")
    #expect(rerun.output.contains("NOT reproduced"))
    #expect(
      rerun.output.contains(
        "'checkpoints/epoch-003.safetensors' DIFFERS: fc3.weight: 1 of 2560 values differ, by up to 1 ULP"
      ))
    #expect(!rerun.output.contains("estimate"))
    #expect(rerun.output.contains("the record or this machine: the same engine computed it"))

    let alone = try await space.repro("rerun", hash, "--stage", "noisy")
    #expect(alone.status == 0, "\(alone.errors)")
  }

  @Test func `without the recorded bytes it still names both digests`() async throws {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let changed = try falsify("pretrain", in: space.path)
    let path = "\(space.path)/cache/objects/\(changed.prefix(2))/\(changed.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    let rerun = try await space.repro("rerun", try #require(run.json()["run"] as? String))
    #expect(rerun.status == 1, "\(rerun.errors)")
    #expect(rerun.output.contains("\(changed.prefix(12)) recorded"))
  }

  @Test func `whatever a stage is called, and whatever was evicted, it is executed again`()
    async throws
  {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      """
      stages:
        store: { run: "echo 1 > o", outputs: { o: o } }
        other: { run: "echo 2 > o", outputs: { o: o } }
        transplant: { run: "cat ${inputs.x} > o", inputs: { x: store.o }, outputs: { o: o } }
        last: { run: "cat ${inputs.x} ${inputs.y} > o", inputs: { x: transplant.o, y: other.o }, outputs: { o: o } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    let all = try await space.repro("rerun", hash)
    #expect(all.output.contains("bit-identical: 4 of 4 stages"), "\(all.output)\(all.errors)")
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    let alone = try await space.repro("rerun", hash, "--stage", "last")
    #expect(alone.output.contains("bit-identical: 4 of 4 stages"), "\(alone.output)\(alone.errors)")
  }

  @Test func `a difference is on record even if the command fails when it is tried once more`()
    async throws
  {
    let space = try Workspace()
    let count = "\(space.path)/count"
    try space.write(
      "p.yaml",
      """
      stages:
        s: { run: "echo x >> \(count); wc -l < \(count) > o; test $(wc -l < \(count)) -lt 3", sandbox: off, outputs: { o: o } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    let rerun = try await space.repro("rerun", hash)
    #expect(rerun.status == 1)
    #expect(
      rerun.output.contains("it gave two different results"), "\(rerun.output)\(rerun.errors)")
    #expect(try await space.repro("runs").output.contains("0 of 1"))
  }

  private static let chain = """
    stages:
      a: { run: "echo 1 > o", sandbox: off, outputs: { o: o } }
      b: { run: "cat ${inputs.x} > o; echo 2 > p", sandbox: off, inputs: { x: a.o }, outputs: { o: o, p: p } }
      c: { run: "cat ${inputs.x} > o", sandbox: off, inputs: { x: b.o }, outputs: { o: o } }
    """

  @Test func `every rerun is on record, and survives the index`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.chain)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    for _ in 0..<2 {
      let rerun = try await space.repro("rerun", hash)
      #expect(
        rerun.output.contains("bit-identical: 3 of 3 stages, 4 outputs; run \(hash.prefix(12))"))
    }
    try FileManager.default.removeItem(atPath: "\(space.path)/cache/index.sqlite")
    let runs = try await space.repro("runs")
    #expect(runs.output.contains("2 of 2"), "\(runs.output)")
    let shown = try await space.repro("show", hash).output
    #expect(shown.split(separator: "\n").count { $0.hasPrefix("executed ") } == 1)
    #expect(shown.split(separator: "\n").count { $0.contains("bit-identical, 3 of 3 stages") } == 2)
    let stages = try #require(run.json()["stages"] as? [[String: Any]])
    let key = try #require(stages[1]["key"] as? String)
    let result = try await space.repro("show", key).output
    #expect(result.contains("reruns    bit-identical, 2 of 2, on 1 machine"), "\(result)")
    // What was executed last is still what was run last.
    #expect(try await space.repro("plan", "p.yaml").output.contains("3 from cache"))
    #expect(try await space.repro("cache", "verify").status == 0)
  }

  @Test func `a stage alone, all below a stage, and the result of a hash are executed again`()
    async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", Self.chain)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    let stages = try #require(run.json()["stages"] as? [[String: Any]])
    let from = try await space.repro("rerun", hash, "--from", "b", "--keep", "kept")
    #expect(from.output.contains("bit-identical: 2 of 3 stages, 3 outputs"), "\(from.errors)")
    #expect(try space.read("kept/b/o") == Data("1\n".utf8))
    #expect(try space.read("kept/b/p") == Data("2\n".utf8))
    #expect(try space.read("kept/c/o") == Data("1\n".utf8))
    #expect(!FileManager.default.fileExists(atPath: "\(space.path)/kept/a"))
    let key = try #require(stages[2]["key"] as? String)
    let alone = try await space.repro("rerun", String(key.prefix(10)))
    #expect(alone.output.contains("bit-identical: 1 of 3 stages, 1 output;"), "\(alone.errors)")
    let again = try await space.repro("rerun", hash, "--keep", "kept")
    #expect(again.status == 2 && again.errors.contains("'kept' is there already"))
    let both = try await space.repro("rerun", hash, "--stage", "a", "--from", "b")
    #expect(both.status == 2)
    let unknown = try await space.repro("rerun", hash, "--from", "d")
    #expect(unknown.status == 2 && unknown.errors.contains("'d'"), "\(unknown.errors)")
  }

  @Test(arguments: [
    (
      "date +%N > o; cat /proc/sys/kernel/random/uuid >> o",
      "executed twice now, it gave two different results"
    ),
    ("echo $$ > o", "executed twice now, it gave two different results"),
    ("cat /tmp/../$PLACE/undeclared > o", "it reads what it does not declare"),
    ("mytool > o", "not the recorded programs: mytool"),
  ]) func `of a command that differs the cause is named`(command: String, cause: String)
    async throws
  {
    let space = try Workspace()
    func tool(_ text: String) throws {
      try FileManager.default.createDirectory(
        atPath: "\(space.path)/bin", withIntermediateDirectories: true)
      try space.write("bin/mytool", "#!/bin/sh\necho \(text)\n")
      chmod("\(space.path)/bin/mytool", 0o755)
    }
    let path = ["PATH": "\(space.path)/bin:/usr/bin:/bin"]
    try tool("old")
    try space.write("undeclared", "old")
    try space.write(
      "p.yaml",
      """
      stages:
        first: { run: "echo 1 > o", sandbox: off, outputs: { o: o } }
        culprit:
          run: "\(command)"
          sandbox: off
          tools: [mytool]
          env: { PLACE: "\(space.path)", PATH: "\(space.path)/bin:/usr/bin:/bin" }
          inputs: { x: first.o }
          outputs: { o: o }
      """)
    let run = try await space.repro(["run", "p.yaml", "--format", "json"], environment: path)
    try #require(run.status == 0, "\(run.errors)")
    if command.contains("mytool") { try tool("new") }
    try space.write("undeclared", "new")
    let hash = try #require(run.json()["run"] as? String)
    let rerun = try await space.repro(["rerun", hash], environment: path)
    #expect(rerun.status == 1)
    #expect(rerun.output.contains("culprit  'o' DIFFERS"), "\(rerun.output)\(rerun.errors)")
    #expect(rerun.output.contains(cause), "\(rerun.output)")
    #expect(try await space.repro("runs").output.contains("0 of 1"))
    #expect(try await space.repro("show", hash).output.contains("DIFFERENT in 'culprit'"))
  }

  @Test func `a stage of a kind that another engine computed says so`() async throws {
    let space = try Workspace()
    // The same program under another digest: what follows an executable's sections is not read.
    let other = "\(space.path)/other-repro"
    try FileManager.default.copyItem(atPath: Workspace.program, toPath: other)
    let file = try #require(FileHandle(forWritingAtPath: other))
    try file.seekToEnd()
    try file.write(contentsOf: Data("another".utf8))
    try file.close()
    let process = Process()
    process.executableURL = URL(filePath: other)
    process.environment = Workspace.environment
    process.arguments = ["run", Workspace.quickstart]
    process.currentDirectoryURL = URL(filePath: space.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    try falsify("pretrain", in: space.path)
    let hash = try #require(try Store(at: "\(space.path)/cache", create: false).runs().first?.hash)
    let rerun = try await space.repro("rerun", hash.description, "--stage", "pretrain")
    #expect(rerun.output.contains("another engine: recorded by repro"), "\(rerun.output)")
  }

  /// Records a checkpoint of epoch 3 in which the last bit of the last weight is another.
  ///
  /// - Returns: the digest of the checkpoint that was never made.
  @discardableResult
  private func falsify(_ stage: String, in folder: String) throws -> String {
    let store = try Store(at: "\(folder)/cache", create: false)
    let key = try #require(try store.runs().first?.records[stage])
    let record = try #require(try store.record(for: key))
    let checkpoints = try #require(record.outputs["checkpoints"])
    let copy = "\(folder)/checkpoints"
    try store.deliver(checkpoints, to: copy)
    let file = URL(filePath: "\(copy)/epoch-003.safetensors")
    var bytes = try Data(contentsOf: file)
    // The arrays end with the last one by name, little-endian: its last value's lowest byte.
    bytes[bytes.count - 4] ^= 1
    try bytes.write(to: file)
    var outputs = record.outputs
    outputs["checkpoints"] = try store.put(at: copy)
    try store.save(
      Record(key: key, preimage: record.preimage, outputs: outputs, notes: record.notes))
    return Digest(hashing: [UInt8](bytes)).description
  }
}
