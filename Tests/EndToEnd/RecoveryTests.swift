import Foundation
import GRDB
import Glibc
import Testing

/// What kills, tampering and interruption leave: a store that verifies, and the same digests.
@Suite struct RecoveryTests {
  /// Digests of an undisturbed run, to compare with.
  private func reference() async throws -> [String: String] {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    return try run.digests()
  }

  @Test func `a run killed in the middle of each stage in turn is completed to the same digests`()
    async throws
  {
    let expected = try await reference()
    let space = try Workspace()
    var killed = 0
    // Each run gets one stage further than the last: what was finished before is reused.
    while let stage = try signal(SIGKILL, atStageAfter: killed, in: space.path) {
      killed += 1
      try await expectNoStages(in: space.path)
      let verify = try await space.repro("cache", "verify")
      #expect(verify.status == 0, "killed in '\(stage)': \(verify.output)\(verify.errors)")
    }
    #expect(killed == Set(expected.keys.map { $0.prefix { $0 != "." } }).count)
    let next = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try next.digests() == expected)
    let after = try await space.repro("cache", "verify")
    #expect(after.status == 0, "\(after.output)\(after.errors)")
    let leftovers = try FileManager.default.contentsOfDirectory(atPath: "\(space.path)/cache/work")
    #expect(leftovers.filter { !$0.hasPrefix(".") } == [])
  }

  /// Among them the lists of folders of which stages read one item.
  @Test func `a cache that has lost every object computes them again`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(first.status == 0, "\(first.errors)")
    let objects = "\(space.path)/cache/objects"
    try FileManager.default.removeItem(atPath: objects)
    try FileManager.default.createDirectory(atPath: objects, withIntermediateDirectories: false)
    let second = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(second.status == 0, "\(second.errors)")
    #expect(try second.digests() == first.digests())
    // How the first run was asked for is lost.
    _ = try await space.repro("cache", "verify")
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.output)")
  }

  @Test func `an interrupted run ends with 130, ends its stages and leaves a sound store`()
    async throws
  {
    let space = try Workspace()
    let process = try start(in: space.path)
    while let line = process.nextLine(), !line.hasPrefix("pretrain ") {}
    Glibc.kill(process.identifier, SIGINT)
    #expect(process.wait() == 130)
    try await expectNoStages(in: space.path)
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.errors)")
    let next = try await space.repro("run", Workspace.quickstart)
    #expect(next.status == 0, "\(next.errors)")
  }

  @Test func `a flipped byte is named by verify, never used, and made again`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(first.status == 0, "\(first.errors)")
    let digest = try #require(first.digests()["estimate.transition"])
    try flipByte(of: digest, in: space.path)

    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 3)
    #expect((verify.output + verify.errors).contains(digest))

    let next = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try next.executed() == ["estimate"])
    #expect(try next.digests() == first.digests())
    let after = try await space.repro("cache", "verify")
    #expect(after.status == 0, "\(after.output)\(after.errors)")
  }

  @Test func `a flipped byte is found by the next run even without verify`() async throws {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(first.status == 0, "\(first.errors)")
    try flipByte(of: try #require(first.digests()["noisy.transition"]), in: space.path)
    let next = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(try next.executed() == ["noisy"])
    #expect(try next.digests() == first.digests())
  }

  @Test func `damage behind a right size and right times is met on use: its maker makes it again`()
    async throws
  {
    let space = try Workspace()
    let first = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(first.status == 0, "\(first.errors)")
    let digest = try #require(first.digests()["posterior.posterior"])
    let recorded = try recordedTimes(of: digest, in: space.path)
    #expect(recorded == fileTimes(of: digest, in: space.path))
    try flipByte(of: digest, in: space.path)
    try setRecordedTimes(of: digest, in: space.path)

    let believed = try await space.repro("run", Workspace.quickstart, "--format", "json")
    #expect(try believed.executed() == [])
    let next = try await space.repro(
      "run", Workspace.quickstart, "--force", "estimate", "--format", "json")
    #expect(next.status == 0, "\(next.errors)")
    #expect(next.errors.contains("an input is damaged; it is made again"))
    let executed = try next.executed()
    #expect(executed == ["posterior", "estimate"], "\(next.errors)")
    #expect(try next.digests() == first.digests())
    #expect(try await space.repro("cache", "verify").status == 0)
  }

  /// What the index believes an object's file looks like: times in nanoseconds, inode.
  private func recordedTimes(of digest: String, in folder: String) throws -> [Int64] {
    let queue = try DatabaseQueue(path: "\(folder)/cache/index.sqlite")
    return try queue.read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT modified, changed, inode FROM object WHERE hex(digest) = ?",
        arguments: [digest.uppercased()])
      return try #require(row).databaseValues.compactMap { Int64.fromDatabaseValue($0) }
    }
  }

  private func setRecordedTimes(of digest: String, in folder: String) throws {
    let queue = try DatabaseQueue(path: "\(folder)/cache/index.sqlite")
    try queue.write { db in
      try db.execute(
        sql: "UPDATE object SET modified = ?, changed = ?, inode = ? WHERE hex(digest) = ?",
        arguments: StatementArguments(fileTimes(of: digest, in: folder)) + [digest.uppercased()])
    }
  }

  private func fileTimes(of digest: String, in folder: String) -> [Int64] {
    var status = stat()
    lstat("\(folder)/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))", &status)
    return [
      Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
      Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec),
      Int64(status.st_ino),
    ]
  }

  /// Flips the last bit of the object's last byte, whatever its mode.
  private func flipByte(of digest: String, in folder: String) throws {
    let path = "\(folder)/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
    chmod(path, 0o644)
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(filePath: path))
    chmod(path, 0o444)
  }

  /// A killed or interrupted run leaves nothing computing: its stages see that it is gone.
  private func expectNoStages(in folder: String) async throws {
    let deadline = ContinuousClock.now + .seconds(5)
    while !Self.stages(in: folder).isEmpty, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(Self.stages(in: folder) == [])
  }

  /// The command lines of processes whose job lies in the folder.
  private static func stages(in folder: String) -> [String] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { Int($0) != nil }.compactMap { process in
      let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      let line = String(decoding: data, as: UTF8.self)
      return line.contains(folder) && line.contains("execute-job") ? line : nil
    }
  }

  private func start(in folder: String) throws -> WatchedProcess {
    try WatchedProcess(["run", Workspace.quickstart, "--jobs", "1"], in: folder)
  }

  /// Starts the quick start and kills it in the middle of the stage that the last call killed it
  /// before: the stage it was killed in is let through first, the next one is not.
  ///
  /// - Returns: the stage's name, or `nil` when the run ended without starting another one.
  private func signal(_ signal: Int32, atStageAfter killed: Int, in folder: String) throws
    -> String?
  {
    let process = try start(in: folder)
    var passed = killed == 0 ? 1 : 0
    while let line = process.nextLine() {
      guard line.contains(" started ") else { continue }
      passed += 1
      guard passed == 2 else { continue }
      // Every other time the stage gets to work before the signal comes.
      if killed % 2 == 1 { usleep(20_000) }
      Glibc.kill(process.identifier, signal)
      process.wait()
      return String(line.prefix { $0 != " " })
    }
    process.wait()
    return nil
  }
}
