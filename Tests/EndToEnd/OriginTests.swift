import Foundation
import Store
import Testing

/// A run keeps how it was asked for: it can be looked at, printed, changed and computed by its own program
/// long after the pipeline file, the data and the program are others.
@Suite struct OriginTests {
  private static let pipeline = """
    name: text
    params: { word: one }
    stages:
      upper: { run: "tr a-z A-Z < ${inputs.text} > o", inputs: { text: file:data/text }, outputs: { o: o } }
      word:
        run: "sed s/X/${params.word}/ < ${inputs.i} > o"
        inputs: { i: upper.o }
        outputs: { o: o }
        timeout: 1h
        reproducible: none
    """

  private func workspace() throws -> Workspace {
    let space = try Workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/data", withIntermediateDirectories: false)
    try space.write("data/text", "x y z\n")
    try space.write("p.yaml", Self.pipeline)
    return space
  }

  private func git(_ arguments: String..., in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/git")
    process.arguments = ["-c", "user.name=a", "-c", "user.email=a@example.org"] + arguments
    process.currentDirectoryURL = URL(filePath: folder)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(arguments)")
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func `the commit and the patch of what was not committed stand beside the run`()
    async throws
  {
    let space = try workspace()
    _ = try git("init", "-q", in: space.path)
    _ = try git("add", "p.yaml", "data", in: space.path)
    _ = try git("commit", "-qm", "first", in: space.path)
    let commit = try git("rev-parse", "HEAD", in: space.path)
    try space.write("data/text", "x y z and more\n")
    let run = try await space.repro("run", "p.yaml", "--set", "word=two")
    #expect(run.status == 0, "\(run.errors)")
    let store = try Store(at: "\(space.path)/cache", create: false)
    let hash = try #require(try store.runs().first?.hash).description
    let page = try await space.repro("show", hash)
    #expect(page.output.contains("from p.yaml --set word=two\n"))
    let line = try #require(page.output.split(separator: "\n").first { $0.contains("at commit") })
    #expect(line.contains("at commit \(commit.prefix(12)) with changes: "))
    // The patch makes of the commit what was run.
    let patch = try #require(line.split(separator: " ").last)
    let digest = try await space.repro("show", String(patch), "--format", "json").json()["digest"]
    let bytes = try store.bytes(of: Digest(parsing: try #require(digest as? String)))
    try Data(bytes).write(to: URL(filePath: "\(space.path)/patch"))
    _ = try git("checkout", "-q", "--", ".", in: space.path)
    _ = try git("apply", "patch", in: space.path)
    #expect(String(decoding: try space.read("data/text"), as: UTF8.self) == "x y z and more\n")
  }

  @Test func `prints a pipeline that runs, when the file and the data are gone`() async throws {
    let space = try workspace()
    let first = try await space.repro(
      "run", "p.yaml", "--set", "word=two", "--format", "json")
    let hash = try #require(try first.json()["run"] as? String)
    try space.write("p.yaml", "garbage: [")
    try FileManager.default.removeItem(atPath: "\(space.path)/data")
    let printed = try await space.repro("show", hash, "--pipeline")
    #expect(printed.status == 0 && printed.output.contains("timeout: 3600.0"), "\(printed.errors)")
    let written = try await space.repro("show", hash, "--pipeline", "--into", "again")
    #expect(written.status == 0, "\(written.errors)")
    #expect(
      String(decoding: try space.read("again/pipeline.yaml"), as: UTF8.self) == printed.output)
    // In a cache that knows nothing of it.
    let again = try await space.repro(
      "run", "again/pipeline.yaml", "--cache", "other", "--format", "json")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try again.json()["run"] as? String == hash)
    #expect(try again.digests() == first.digests())
    let twice = try await space.repro("show", hash, "--pipeline", "--into", "again")
    #expect(twice.status == 2 && twice.errors.contains("is there already"))
  }

  @Test func `inputs that lie in each other, or where the file would be, are written, too`()
    async throws
  {
    let space = try workspace()
    try space.write(
      "p.yaml",
      """
      stages:
        a:
          run: "cat inputs/file inputs/folder/text inputs/me > o"
          inputs: { folder: file:data, file: file:data/text, me: file:pipeline.yaml }
          outputs: { o: o }
      """)
    try space.write("pipeline.yaml", "not a pipeline\n")
    let first = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(try first.json()["run"] as? String, "\(first.errors)")
    let written = try await space.repro("show", hash, "--pipeline", "--into", "again")
    #expect(written.output.contains("/again/run.yaml and "), "\(written.output)\(written.errors)")
    let again = try await space.repro(
      "run", "again/run.yaml", "--cache", "other", "--format", "json")
    #expect(try again.json()["run"] as? String == hash, "\(again.errors)")
  }

  @Test func `a program that is replaced meanwhile does not cost the run`() async throws {
    let space = try workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/bin", withIntermediateDirectories: false)
    let tool = "\(space.path)/bin/mytool"
    try space.write("bin/mytool", "#!/bin/sh\necho 1\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
    try space.write(
      "p.yaml",
      """
      stages:
        a:
          run: "mytool > o; echo '# another' >> \(tool)"
          tools: [mytool]
          sandbox: off
          outputs: { o: o }
      """)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let run = try await space.repro(
      ["run", "p.yaml"], environment: ["PATH": "\(space.path)/bin:\(path)"])
    #expect(run.status == 0, "\(run.errors)")
    let store = try Store(at: "\(space.path)/cache", create: false)
    #expect(try store.runs().first?.executions.first?.origin != nil)
  }

  @Test func `a pipeline is printed from the snapshot alone, too`() async throws {
    let space = try workspace()
    let first = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(try first.json()["run"] as? String)
    // As a run that came from elsewhere: nothing is known of its executions.
    let store = try Store(at: "\(space.path)/cache", create: false)
    let run = try #require(try store.runs().first)
    let origin = try #require(run.executions.first?.origin)
    let path =
      "\(space.path)/cache/objects/\(origin.digest.description.prefix(2))"
      + "/\(origin.digest.description.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    let written = try await space.repro("show", hash, "--pipeline", "--into", "again")
    #expect(written.status == 0, "\(written.errors)")
    let again = try await space.repro(
      "run", "again/pipeline.yaml", "--cache", "other", "--format", "json")
    #expect(try again.json()["run"] as? String == hash, "\(again.errors)")
    // The run itself is none the worse for it, and the cache is in order once that was told.
    _ = try await space.repro("cache", "verify")
    #expect(try await space.repro("cache", "verify").status == 0)
    let next = try await space.repro("run", "p.yaml", "--paranoid", "--format", "json")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try next.executed() == [])
  }

  @Test func `the same but for one param is a new run that names its parent`() async throws {
    let space = try workspace()
    let first = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(try first.json()["run"] as? String)
    try space.write("p.yaml", "garbage: [")
    try space.write("data/text", "other data\n")
    let second = try await space.repro(
      "rerun", hash, "--set", "word=two", "--format", "json")
    #expect(second.status == 0, "\(second.errors)")
    #expect(try second.executed() == ["word"])
    let child = try #require(try second.json()["run"] as? String)
    #expect(child != hash)
    let page = try await space.repro("show", child)
    #expect(page.output.contains("made from run \(hash.prefix(12))\n"))
    #expect(page.output.contains("from p.yaml --set word=two\n"))
    let rerun = try await space.repro("rerun", child)
    #expect(rerun.status == 0 && rerun.output.contains("bit-identical: 2 of 2"), "\(rerun.output)")
    let wrong = try await space.repro("rerun", hash, "--set", "wort=two")
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'word'"), "\(wrong.errors)")
    let both = try await space.repro("rerun", hash, "--set", "word=two", "--stage", "word")
    #expect(both.status == 2)
  }

  @Test func `what an execution names stays with the run, also when the index is made anew`()
    async throws
  {
    let space = try workspace()
    _ = try await space.repro("run", "p.yaml")
    let store = try Store(at: "\(space.path)/cache", create: false)
    let run = try #require(try store.runs().first)
    let origin = try #require(run.executions.first?.origin)
    let pipeline = Content(hashing: Array(Self.pipeline.utf8))
    func areThere() async throws -> Bool {
      try store.isIntact(origin) && store.isIntact(pipeline)
    }
    _ = try await space.repro("cache", "gc")
    #expect(try await areThere())
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: "\(space.path)/cache/index.sqlite\(suffix)")
    }
    let gc = try await space.repro("cache", "gc")
    #expect(gc.status == 0, "\(gc.errors)")
    let again = try Store(at: "\(space.path)/cache", create: false)
    #expect(try again.isIntact(origin) && again.isIntact(pipeline))
    _ = try await space.repro("cache", "gc", "--keep-runs", "0")
    #expect(try !again.isIntact(origin) && !again.isIntact(pipeline))
  }

  // MARK: The program

  /// The program under another name of one of its kinds, so that it makes what this one does not know.
  private func otherEngine(in folder: String) throws -> String {
    var bytes = try Data(contentsOf: URL(filePath: Workspace.program))
    let name = Data("estimate-transition".utf8)
    var start = bytes.startIndex
    var count = 0
    while let found = bytes.range(of: name, in: start..<bytes.endIndex) {
      bytes[found.upperBound - 1] = UInt8(ascii: "m")
      (start, count) = (found.upperBound, count + 1)
    }
    try #require(count > 0)
    let path = "\(folder)/other-repro"
    try bytes.write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test
  func `a run of a kind that this program does not have is computed by the program that made it`()
    async throws
  {
    let space = try Workspace()
    let other = try otherEngine(in: space.path)
    let text = try String(contentsOfFile: Workspace.quickstart, encoding: .utf8)
    try space.write(
      "p.yaml", text.replacing("uses: estimate-transition", with: "uses: estimate-transitiom"))
    try FileManager.default.copyItem(
      atPath: "\(Workspace.package)/pipelines/data", toPath: "\(space.path)/data")
    let process = Process()
    process.executableURL = URL(filePath: other)
    process.environment = Workspace.environment
    process.arguments = ["run", "p.yaml"]
    process.currentDirectoryURL = URL(filePath: space.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    try FileManager.default.removeItem(atPath: other)
    let store = try Store(at: "\(space.path)/cache", create: false)
    let run = try #require(try store.runs().first)
    let present = try await space.repro("rerun", run.hash.description)
    #expect(present.status == 2, "\(present.errors)")
    #expect(present.errors.contains("no version 1 of stage kind 'estimate-transitiom'"))
    #expect(present.errors.contains("repro rerun --engine recorded"))
    let recorded = try await space.repro("rerun", run.hash.description, "--engine", "recorded")
    #expect(recorded.status == 0, "\(recorded.errors)")
    #expect(recorded.output.contains("bit-identical: 13 of 13 stages"))
    let executable = try #require(run.executions.first?.executable)
    #expect(executable.digest.description == run.executions.first?.engineDigest)
    // Of a program for another sort of machine: the machine's number is in byte 18 of the header.
    let path =
      "\(space.path)/cache/objects/\(executable.digest.description.prefix(2))"
      + "/\(executable.digest.description.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    let lost = try await space.repro("rerun", run.hash.description, "--engine", "recorded")
    #expect(lost.status == 3, "\(lost.errors)")
  }

  @Test func `where the program was not kept that is said`() async throws {
    let space = try workspace()
    _ = try await space.repro("run", "p.yaml")
    let store = try Store(at: "\(space.path)/cache", create: false)
    let hash = try #require(try store.runs().first?.hash).description
    let rerun = try await space.repro("rerun", hash, "--engine", "recorded")
    #expect(rerun.status == 2)
    #expect(rerun.errors.contains("the program that made run \(hash.prefix(12)) was not kept"))
  }
}
