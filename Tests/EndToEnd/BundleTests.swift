import Foundation
import Glibc
import Store
import Testing

/// A run in one file: written the same everywhere, executed again from nothing else.
@Suite struct BundleTests {
  /// Reads files and folders from outside, makes files and folders, and says something.
  private static let pipeline = """
    name: bundled
    stages:
      a: { run: "cat ${inputs.x} ${inputs.y}/one > o; echo said", inputs: { x: "file:x.txt", y: "file:y" }, outputs: { o: o } }
      b: { run: "mkdir p && cat ${inputs.o} > p/first && echo 2 > p/second", inputs: { o: a.o }, outputs: { p: p } }
      c: { run: "cat ${inputs.i} > o", inputs: { i: b.p/second }, outputs: { o: o } }
    """

  /// A folder in which the pipeline was run, and the run's hash.
  private func prepare(_ space: borrowing Workspace) async throws -> String {
    try space.write("p.yaml", Self.pipeline)
    try space.write("x.txt", "x\n")
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/y/deep", withIntermediateDirectories: true)
    try space.write("y/one", "1\n")
    try space.write("y/deep/two", "2\n")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    return try #require(run.json()["run"] as? String)
  }

  private func export(
    _ hash: String, _ file: String, _ options: [String] = [], in space: borrowing Workspace
  ) async throws -> Data {
    let export = try await space.repro(["export", hash, file] + options)
    try #require(export.status == 0, "\(export.errors)")
    return try space.read(file)
  }

  @Test(arguments: [[], ["--outputs"]])
  func `what is imported into an empty cache comes out the same`(options: [String]) async throws {
    let space = try Workspace()
    let other = try Workspace()
    let hash = try await prepare(space)
    _ = try await export(hash, "run.tar", options, in: space)
    // Nothing is left of where it was made.
    for name in ["x.txt", "y", "p.yaml", "cache"] {
      try FileManager.default.removeItem(atPath: "\(space.path)/\(name)")
    }
    let taken = try await other.repro("import", "\(space.path)/run.tar")
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(taken.output.contains("import: run \(hash.prefix(12)) of 'bundled'"), "\(taken.output)")
    #expect(taken.output.contains("repro rerun \(hash.prefix(12))"))
    let verify = try await other.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
    let shown = try await other.repro("show", hash)
    #expect(shown.output.contains("evicted") == options.isEmpty, "\(shown.output)")
    let rerun = try await other.repro("rerun", hash)
    #expect(
      rerun.output.contains("bit-identical: 3 of 3 stages, 3 outputs"),
      "\(rerun.output)\(rerun.errors)")
    #expect(try await other.repro("runs").output.contains("1 of 1"))
  }

  @Test func `the same run makes the same bytes, at any time and on any machine`() async throws {
    let space = try Workspace()
    let other = try Workspace()
    let third = try Workspace()
    let hash = try await prepare(space)
    let first = try await export(hash, "one.tar", in: space)
    #expect(try await space.repro("rerun", hash).status == 0)
    #expect(try await export(hash, "two.tar", in: space) == first)
    let all = try await export(hash, "all.tar", ["--outputs"], in: space)
    #expect(all.count > first.count)
    // Computed elsewhere, and taken over from a bundle.
    #expect(try await prepare(other) == hash)
    #expect(try await export(hash, "one.tar", in: other) == first)
    #expect(try await third.repro("import", "\(space.path)/all.tar").status == 0)
    #expect(try await export(hash, "one.tar", in: third) == first)
    #expect(try await export(hash, "all.tar", ["--outputs"], in: third) == all)
    // What it says of itself is so.
    let said = try await third.repro("export", hash, "said.tar", "--format", "json").json()
    let sha256 = SHA256(hashing: [UInt8](first)).description
    #expect(said["sha256"] as? String == sha256 && said["size"] as? Int == first.count)
  }

  @Test func `the quick start comes out the same from a bundle`() async throws {
    let space = try Workspace()
    let other = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    _ = try await export(hash, "run.tar", in: space)
    let taken = try await other.repro("import", "\(space.path)/run.tar")
    try #require(taken.status == 0, "\(taken.errors)")
    let rerun = try await other.repro("rerun", hash)
    #expect(rerun.output.contains("bit-identical: 13 of 13 stages"), "\(rerun.errors)")
  }

  @Test func `files that were fetched are in it, and nothing is fetched again`() async throws {
    let space = try Workspace()
    let other = try Workspace()
    try space.write("source", "from outside\n")
    let sha256 = SHA256(hashing: Array("from outside\n".utf8))
    try space.write(
      "p.yaml",
      """
      stages:
        f: { uses: fetch, config: { files: { a: { url: "file://\(space.path)/source", sha256: \(sha256) } } } }
        s: { run: "cat ${inputs.x} > o", inputs: { x: f.files/a }, outputs: { o: o } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    _ = try await export(hash, "run.tar", in: space)
    try FileManager.default.removeItem(atPath: "\(space.path)/source")
    try #require(try await other.repro("import", "\(space.path)/run.tar").status == 0)
    let rerun = try await other.repro("rerun", hash)
    #expect(rerun.output.contains("bit-identical: 2 of 2"), "\(rerun.output)\(rerun.errors)")
    #expect(rerun.output.contains("bytes from outside, taken from the store and checked"))
  }

  @Test func `a stage alone is executed below results that are not in it`() async throws {
    let space = try Workspace()
    let other = try Workspace()
    try space.write("x", "x")
    // What `a` makes has been left out, but the same bytes came from outside.
    try space.write(
      "p.yaml",
      """
      stages:
        a: { run: "cat ${inputs.x} > o", inputs: { x: "file:x" }, outputs: { o: o } }
        b: { run: "cat ${inputs.x} > o; echo b >> o", inputs: { x: a.o }, outputs: { o: o } }
        c: { run: "cat ${inputs.x} > o", inputs: { x: b.o }, outputs: { o: o } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    _ = try await export(hash, "run.tar", in: space)
    try #require(try await other.repro("import", "\(space.path)/run.tar").status == 0)
    let alone = try await other.repro("rerun", hash, "--stage", "c")
    #expect(alone.output.contains("bit-identical: 2 of 3 stages"), "\(alone.output)\(alone.errors)")
  }

  @Test func `tar unpacks it, sha256sum checks it, and its metadata is an RO-Crate`() async throws {
    let space = try Workspace()
    let hash = try await prepare(space)
    _ = try await export(hash, "run.tar", ["--outputs"], in: space)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.currentDirectoryURL = URL(filePath: space.path)
    shell.arguments = [
      "-c", "mkdir u && cd u && tar xf ../run.tar && sha256sum --status -c manifest.json.sha256",
    ]
    try shell.run()
    shell.waitUntilExit()
    try #require(shell.terminationStatus == 0)
    let crate = try JSONSerialization.jsonObject(with: space.read("u/ro-crate-metadata.json"))
    let graph = try #require((crate as? [String: Any])?["@graph"] as? [[String: Any]])
    let root = try #require(graph.first { $0["@id"] as? String == "./" })
    for name in ["name", "description", "datePublished", "license"] { #expect(root[name] != nil) }
    let parts = try #require(root["hasPart"] as? [[String: String]]).compactMap { $0["@id"] }
    // Three outputs have the bytes of others: those are in it once.
    #expect(parts.count == 1 + 8)
    for part in parts {
      let bytes = [UInt8](try space.read("u/\(part)"))
      let entity = try #require(graph.first { $0["@id"] as? String == part })
      guard let sha256 = entity["sha256"] as? String else { continue }
      #expect(SHA256(hashing: bytes).description == sha256)
      #expect(entity["contentSize"] as? String == String(bytes.count))
    }
    let names = graph.compactMap { $0["name"] as? String }
    for name in ["snapshot", "inputs/a/y/deep/two", "outputs/b/p"] {
      #expect(names.contains(name), "\(names)")
    }
  }

  @Test func `nothing is replaced, and what is lost is named`() async throws {
    let space = try Workspace()
    let hash = try await prepare(space)
    try space.write("run.tar", "mine")
    let taken = try await space.repro("export", hash, "run.tar")
    #expect(taken.status == 2 && taken.errors.contains("exists already"), "\(taken.errors)")
    #expect(try space.read("run.tar") == Data("mine".utf8))
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    #expect(try await space.repro("export", hash, "inputs.tar").status == 0)
    let evicted = try await space.repro("export", hash, "all.tar", "--outputs")
    #expect(evicted.status == 1, "\(evicted.errors)")
    #expect(evicted.errors.contains("'outputs/a/o'"), "\(evicted.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: space.path)
    #expect(names.filter { $0.contains("all.tar") || $0.hasSuffix("partial") } == [])
  }

  @Test func `what the cache has stays as it is; another result refuses the whole bundle`()
    async throws
  {
    let space = try Workspace()
    let other = try Workspace()
    let hash = try await prepare(space)
    _ = try await export(hash, "run.tar", ["--outputs"], in: space)
    let again = try await space.repro("import", "run.tar", "--format", "json")
    #expect(try again.json()["new"] as? Int == 0, "\(again.errors)")
    #expect(try await space.repro("show", hash).output.contains("executed  "))
    // Evicted results get their bytes back.
    try #require(try await space.repro("cache", "gc", "--budget", "0").status == 0)
    #expect(try await space.repro("show", hash).output.contains("evicted"))
    #expect(try await space.repro("import", "run.tar").status == 0)
    #expect(!(try await space.repro("show", hash).output.contains("evicted")))
    // A cache whose stage came out differently.
    _ = try await prepare(other)
    let store = try Store(at: "\(other.path)/cache", create: false)
    let key = try #require(try store.runs().first?.records["c"])
    let record = try #require(try store.record(for: key))
    try store.save(
      Record(
        key: key, preimage: record.preimage, outputs: ["o": store.put(bytes: Array("3\n".utf8))]))
    let taken = try await other.repro("import", "\(space.path)/run.tar")
    #expect(taken.status == 1 && taken.errors.contains("another result of stage 'c'"))
    #expect(try store.record(for: key)?.outputs != record.outputs)
  }

  @Test(arguments: ["object-written", "object-renamed", "index 11"])
  func `killed while it imports it leaves a sound cache, and the next import is whole`(
    point: String
  ) async throws {
    let space = try Workspace()
    let other = try Workspace()
    let hash = try await prepare(space)
    _ = try await export(hash, "run.tar", ["--outputs"], in: space)
    let bundle = "\(space.path)/run.tar"
    let killed = try await other.repro(
      ["import", bundle], environment: ["REPRO_TEST_CRASH": point])
    #expect(killed.status == 128 + SIGKILL)
    #expect(try await other.repro("runs").output.contains("no runs yet"))
    #expect(try await other.repro("cache", "verify").status == 0)
    #expect(try await other.repro("import", bundle).status == 0)
    let rerun = try await other.repro("rerun", hash)
    #expect(rerun.output.contains("bit-identical: 3 of 3 stages"), "\(rerun.errors)")
  }
}
