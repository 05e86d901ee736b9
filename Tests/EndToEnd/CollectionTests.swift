import Foundation
import Glibc
import Testing

/// Collections that take all they may, beside runs: they take nothing that a run has found, made or
/// will read, and everything else.
@Suite struct CollectionTests {
  /// `early` and `late` read the same objects, `late` long after.
  private static let pipeline = """
    name: p
    stages:
      a: { run: "echo a > o", outputs: { o: o } }
      d: { run: "mkdir -p d/e; echo x > d/e/x", outputs: { d: d/ } }
      early: { run: "cat ${inputs.a} ${inputs.d}/e/x > o", inputs: { a: a.o, d: d.d }, outputs: { o: o } }
      between: { run: "sleep 0.2; cat ${inputs.e} > o", inputs: { e: early.o }, outputs: { o: o } }
      late: { run: "cat ${inputs.a} ${inputs.d}/e/x ${inputs.b} > o", inputs: { a: a.o, d: d.d, b: between.o }, outputs: { o: o } }
    """

  private static let collection = ["cache", "gc", "--keep-runs", "0", "--budget", "0B"]

  private func start(
    _ arguments: [String], in folder: String, environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Workspace.program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = Workspace.environment.merging(environment) { $1 }
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Whether the process waits for a lock of a file.
  private func isBlocked(_ process: Process) -> Bool {
    let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
    return locks.split(separator: "\n").contains {
      $0.contains("->") && $0.split(separator: " ").contains("\(process.processIdentifier)")
    }
  }

  /// Everything that a store keeps, and nothing that a process leaves, is gone.
  private func expectNothing(in cache: String) {
    let files = FileManager.default.enumerator(atPath: cache)?.compactMap { $0 as? String } ?? []
    var status = stat()
    let left = files.filter {
      lstat("\(cache)/\($0)", &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
        && !["lock", "work/.lock", "claims/.lock"].contains($0) && !$0.hasPrefix("index.sqlite")
    }
    #expect(left == [])
    let work = (try? FileManager.default.contentsOfDirectory(atPath: "\(cache)/work")) ?? []
    #expect(work == [".lock"])
  }

  /// The first of these is met before anything is there, the others with an object that only the run
  /// knows of; at the last one the run has found what it reads, and has not opened it.
  @Test(arguments: [
    (point: "lock-taken", isThere: false), ("object-written", false), ("object-renamed", false),
    ("result-recorded", false), ("lookup-done", true),
  ])
  func `a run that stands still at any point keeps what it needs`(
    point: String, isThere: Bool
  ) async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    let plain = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(plain.status == 0, "\(plain.errors)")
    if !isThere { _ = try await space.repro(Self.collection) }

    let pipe = "\(space.path)/pause"
    #expect(mkfifo(pipe, 0o600) == 0)
    try Data().write(to: URL(filePath: "\(space.path)/out"))
    let run = try start(
      ["run", "p.yaml", "--jobs", "1", "--format", "json", "--force", "late"], in: space.path,
      environment: ["REPRO_TEST_PAUSE": "\(point):\(pipe)"],
      output: try FileHandle(forWritingTo: URL(filePath: "\(space.path)/out")))
    // Nobody reads from the pipe before the run has come to the point.
    var gate = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    while gate < 0 && run.isRunning {
      usleep(1000)
      gate = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    }
    try #require(gate >= 0, "the run never came to \(point)")
    defer { close(gate) }
    let collection = try start(Self.collection, in: space.path)
    // It comes to the lock and waits; or something is wrong, and it waits elsewhere.
    let end = ContinuousClock.now + .seconds(60)
    while collection.isRunning, !isBlocked(collection), ContinuousClock.now < end { usleep(1000) }
    #expect(collection.isRunning)
    // It goes on, here and wherever it comes to the point again.
    let keys = [UInt8](repeating: 0, count: 4096)
    #expect(write(gate, keys, keys.count) == keys.count)
    run.waitUntilExit()
    #expect(run.terminationStatus == 0)
    let result = Workspace.Result(
      status: 0, output: String(decoding: try space.read("out"), as: UTF8.self), errors: "")
    #expect(try result.digests() == plain.digests())
    #expect(try result.executed().sorted() == (isThere ? ["late"] : plain.executed().sorted()))
    collection.waitUntilExit()
    #expect(collection.terminationStatus == 0)
    expectNothing(in: "\(space.path)/cache")
  }

  @Test func `runs beside collections in a loop come out as ever, and leave nothing`() async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    let plain = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(plain.status == 0, "\(plain.errors)")
    let folder = space.path
    let runs = try (0..<3).map { _ in try start(["run", "p.yaml"], in: folder) }
    var collections = 0
    while runs.contains(where: \.isRunning) {
      let collection = try await space.repro(Self.collection)
      #expect(collection.status == 0, "\(collection.errors)")
      collections += 1
      let verify = try await space.repro("cache", "verify")
      #expect(verify.status == 0, "\(verify.output)")
      let run = try await space.repro("run", "p.yaml", "--format", "json")
      #expect(run.status == 0, "\(run.errors)")
      #expect(try run.digests() == plain.digests())
    }
    for run in runs {
      run.waitUntilExit()
      #expect(run.terminationStatus == 0)
    }
    #expect(collections > 0)
    _ = try await space.repro(Self.collection)
    expectNothing(in: "\(space.path)/cache")
  }

  @Test(arguments: [
    "lock-taken", "object-written", "object-renamed", "result-recorded", "lookup-done",
  ])
  func `what a killed run leaves lies where it belongs; the next run or a collection takes it`(
    point: String
  ) async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    func crash() async throws {
      let crashed = try await space.repro(
        ["run", "p.yaml"], environment: ["REPRO_TEST_CRASH": point])
      #expect(crashed.status == 128 + SIGKILL)
      let names = try FileManager.default.contentsOfDirectory(atPath: space.path)
      #expect(Set(names) == ["p.yaml", "cache"])
      let parts = try FileManager.default.contentsOfDirectory(atPath: "\(space.path)/cache")
      let known: Set = [
        "objects", "records", "partial", "work", "logs", "claims", "quarantine", "lock",
        "index.sqlite", "index.sqlite-journal", "index.sqlite.lock",
      ]
      #expect(Set(parts).subtracting(known) == [])
    }
    try await crash()
    let collection = try await space.repro(Self.collection)
    #expect(collection.status == 0, "\(collection.errors)")
    expectNothing(in: "\(space.path)/cache")

    try await crash()
    let run = try await space.repro("run", "p.yaml")
    #expect(run.status == 0, "\(run.errors)")
    for folder in ["work", "claims"] {
      let left = try FileManager.default.contentsOfDirectory(
        atPath: "\(space.path)/cache/\(folder)")
      #expect(left == [".lock"])
    }
    // At most the document of a result that the crash left unrecorded, and the run made again.
    #expect(try await space.repro("cache", "gc").status == 0)
    let dry = try await space.repro("cache", "gc", "--dry-run", "--format", "json").json()
    #expect((dry["removed"] as? [Any])?.count == 0, "\(dry)")
  }
}
