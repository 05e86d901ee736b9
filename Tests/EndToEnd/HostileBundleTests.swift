import Documents
import Foundation
import Glibc
import Store
import Testing

/// Bundles that mean harm: each is refused in words, and nothing is written, in the cache or outside.
@Suite struct HostileBundleTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let words: String
    let change: @Sendable (inout Archive) -> Void
    var testDescription: String { name }

    init(_ name: String, _ words: String, _ change: @escaping @Sendable (inout Archive) -> Void) {
      self.name = name
      self.words = words
      self.change = change
    }
  }

  private static let entries: [Attack] = [
    Attack("symbolic link", "the symbolic link 'objects/") {
      $0.entries[3].become("2", "/etc/passwd")
    },
    Attack("hard link", "the hard link") { $0.entries[3].become("1", "../canary") },
    Attack("character device", "the device") { $0.entries[3].become("3") },
    Attack("block device", "the device") { $0.entries[3].become("4") },
    Attack("folder", "the folder") { $0.entries[3].become("5") },
    Attack("pipe", "the pipe") { $0.entries[3].become("6") },
    Attack("sparse file", "the sparse file") { $0.entries[3].become("S") },
    Attack("pax header", "an extended header") { $0.entries[3].become("x") },
    Attack("global pax header", "an extended header") { $0.entries[2].become("g") },
    Attack("long name of GNU tar", "an extended header") { $0.entries[3].become("L") },
    Attack("contiguous file", "an unknown type") { $0.entries[3].become("7") },
    Attack("absolute name", "the absolute name '/tmp/canary'") {
      $0.entries[3].rename("/tmp/canary")
    },
    Attack("name that leads outside", "leads outside") { $0.entries[3].rename("../canary") },
    Attack("name that leads outside in the midst", "leads outside") {
      $0.entries[3].rename("objects/../../canary")
    },
    Attack("control characters in a name", "u{1b}") { $0.entries[3].rename("\u{1b}[31mred") },
    Attack("prefix before a name", "another header of it") {
      $0.entries[3].patch(345, Array("..".utf8))
    },
    Attack("an entry twice", "the file 'objects/") { $0.entries.insert($0.entries[3], at: 3) },
    Attack("two entries exchanged", "the file 'objects/") { $0.entries.swapAt(3, 4) },
    Attack("an entry too many", "where it should end there is the file 'canary'") {
      $0.entries.append(.init("canary", Array("x".utf8)))
    },
    Attack("an entry too few", "the end of the archive") { $0.entries.removeLast() },
    Attack("no metadata", "'ro-crate-metadata.json' should be") { $0.entries.remove(at: 2) },
    Attack("other metadata", "are not those that were put in") {
      $0.entries[2].body[$0.entries[2].body.count / 2] ^= 1
    },
    Attack("other bytes", "are not those that were put in") { $0.entries[3].body[0] ^= 1 },
    Attack("another manifest", "'manifest.json' are not those") { $0.entries[1].body[9] ^= 1 },
    Attack("set-user-id", "another header of it") {
      $0.entries[3].patch(100, Array("0004755".utf8))
    },
    Attack("a user", "another header of it") { $0.entries[3].patch(265, Array("root".utf8)) },
    Attack("a time", "another header of it") {
      $0.entries[3].patch(136, Array("00000000001".utf8))
    },
    Attack("a size too large", "another header of it") {
      $0.entries[3].patch(124, Array("77777777777".utf8))
    },
    Attack("a negative size", "manifest.json' should be") {
      $0.entries[1].patch(124, [UInt8](repeating: 255, count: 12))
    },
    Attack("a manifest of a terabyte", "are the most") {
      $0.entries[1].patch(124, TarHeader(name: "", size: 1 << 40).bytes[124..<136] + [])
    },
    Attack("a manifest beyond the end", "ends early") {
      $0.entries[1].patch(124, TarHeader(name: "", size: 1 << 25).bytes[124..<136] + [])
    },
  ]

  private static let manifests: [Attack] = [
    Attack("no JSON", "is no manifest") { $0.replaceManifest("{") },
    Attack("nothing", "is no manifest") { $0.replaceManifest("") },
    Attack("another document", "is no manifest") { $0.replaceManifest(#"{"type":"s:run"}"#) },
    Attack("nested deep", "is no manifest") {
      $0.replaceManifest(String(repeating: "[", count: 100_000))
    },
    Attack("a newer format", "of format 2, made by a newer repro") {
      $0.replaceManifest($0.manifest.replacing("\"format\":\"i:1\"", with: "\"format\":\"i:2\""))
    },
    Attack("not canonical", "is no manifest") { $0.replaceManifest($0.manifest + " ") },
    Attack("a member besides", "is no manifest") {
      $0.replaceManifest($0.manifest.replacing("{\"format\":", with: "{\"a\":null,\"format\":"))
    },
    Attack("a negative size", "is no manifest") {
      $0.replaceManifest($0.manifest.replacing(#/"size":"i:\d+"/#, with: #""size":"i:-1""#))
    },
    Attack("sizes that no disk holds", "another header of it") {
      $0.replaceManifest(
        $0.manifest.replacing(#/"size":"i:\d+"/#, with: #""size":"i:9223372036854775807""#))
    },
    Attack("digests that are paths", "is no manifest") {
      $0.replaceManifest(
        $0.manifest.replacing(
          #/"digest":"s:.{32}/#, with: #""digest":"s:../../../../../../../../../canary"#))
    },
    Attack("another run", "'ro-crate-metadata.json' are not those") {
      $0.replaceManifest(
        $0.manifest.replacing(
          #/"run":"s:.{32}/#, with: "\"run\":\"s:" + String(repeating: "0", count: 32)))
    },
  ]

  private static let files: [Attack] = [
    Attack("end of one block", "ends early") { $0.end.removeLast(512) },
    Attack("no end", "ends early") { $0.end = [] },
    Attack("bytes behind the end", "512 bytes follow its end") {
      $0.end += [UInt8](repeating: 0, count: 512)
    },
    Attack("something in the end", "where it should end") { $0.end[700] = 1 },
    Attack("an object without its last byte", "are not those") {
      $0.end = []
      $0.entries[$0.entries.count - 1].body.removeLast()
    },
  ]

  /// What is there before and after each attack.
  private func prepare(_ space: borrowing Workspace) async throws -> Archive {
    try space.write(
      "p.yaml",
      """
      stages:
        a: { run: "mkdir o && cat ${inputs.x} ${inputs.x} > o/one && echo 2 > o/two", inputs: { x: "file:x" }, outputs: { o: o } }
      """)
    try space.write("x", "from outside")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    try #require(try await space.repro("export", hash, "good.tar", "--outputs").status == 0)
    try space.write("canary", "alive")
    return Archive([UInt8](try space.read("good.tar")))
  }

  @Test func `the attacks begin with a bundle that is taken`() async throws {
    let space = try Workspace()
    let good = try await prepare(space)
    #expect(Data(good.bytes) == (try space.read("good.tar")))
    #expect(good.entries.count == 3 + 5)
    #expect(try await space.repro("import", "good.tar", "--cache", "other").status == 0)
  }

  @Test func `each is refused, and nothing is written`() async throws {
    let space = try Workspace()
    let good = try await prepare(space)
    for attack in Self.entries + Self.manifests + Self.files {
      var archive = good
      attack.change(&archive)
      #expect(archive.bytes.elementsEqual(good.bytes) == false, "\(attack.name)")
      try Data(archive.bytes).write(to: URL(filePath: "\(space.path)/bad.tar"))
      let before = Canaries(below: space.path)
      let taken = try await space.repro("import", "bad.tar", "--cache", "other")
      #expect(taken.faults(allowing: [2]) == [], "\(attack.name)")
      #expect(taken.errors.contains(attack.words), "\(attack.name): \(taken.errors)")
      #expect(taken.errors.contains("fix: "), "\(attack.name): \(taken.errors)")
      #expect(Canaries(below: space.path).changes(since: before) == [], "\(attack.name)")
    }
  }

  @Test(arguments: ["text", "", "\u{1f}\u{8b}\u{8}", "PK\u{3}\u{4}"])
  func `what is no bundle is said to be none`(text: String) async throws {
    let space = try Workspace()
    try space.write("bad.tar", text)
    let taken = try await space.repro("import", "bad.tar")
    #expect(taken.faults(allowing: [2]) == [] && taken.errors.contains("is no bundle"))
    #expect(!FileManager.default.fileExists(atPath: "\(space.path)/cache"))
  }

  @Test func `what is no plain file is not read`() async throws {
    let space = try Workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/folder", withIntermediateDirectories: false)
    mkfifo("\(space.path)/pipe", 0o644)
    symlink("/dev/zero", "\(space.path)/link")
    for name in ["folder", "pipe", "link", "/dev/zero", "gone"] {
      let taken = try await space.repro("import", name)
      #expect(taken.errors.contains("error: "), "\(name): \(taken.errors)")
      #expect(taken.faults(allowing: [2]) == [], "\(name)")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(space.path)/cache"))
  }

  /// Bundles whose parts go together, but not with the run: only the whole says that they lie.
  @Test(arguments: [
    "key", "stage", "snapshot", "output", "extra", "missing", "claim", "folder", "path",
  ])
  func `a bundle that lies consistently is refused`(lie: String) async throws {
    let space = try Workspace()
    _ = try await prepare(space)
    let good = try RunBundle("\(space.path)/good.tar").manifest
    let store = try Store(at: "\(space.path)/cache", create: false)
    let stranger = try store.put(bytes: Array("a stranger".utf8))
    var (run, stages, results, objects) = (good.run, good.stages, good.results, good.objects)
    let result = results[0]
    func changed(outputs: [String: Content], hasBytes: Bool = true) -> BundleManifest.Result {
      let record = Record(key: result.key, preimage: result.key, outputs: outputs)
      return BundleManifest.Result(record, notes: [:], hasBytes: hasBytes)
    }
    func add(_ content: Content) {
      objects.append(BundleManifest.Object(content: content, path: "outputs/a/o"))
    }
    switch lie {
    case "key":
      let other = Record(key: stranger.digest, preimage: stranger.digest, outputs: result.outputs)
      results = [BundleManifest.Result(other, notes: [:], hasBytes: true)]
      stages = ["a": stranger.digest]
    case "stage": stages["b"] = result.key
    case "snapshot":
      run = stranger.digest
      add(stranger)
    case "output": results = [changed(outputs: ["other": stranger])]
    case "extra": add(stranger)
    case "missing": objects.removeAll { $0.path == "outputs/a/o/two" }
    case "path":
      objects = objects.map { BundleManifest.Object(content: $0.content, path: "../\($0.path)") }
    case "claim": results = [changed(outputs: result.outputs, hasBytes: false)]
    default:
      // A file that is said to be a folder.
      let folder = Content(
        digest: stranger.digest, sha256: stranger.sha256, size: stranger.size, kind: .tree)
      results = [changed(outputs: ["o": folder])]
      objects.removeAll { $0.path.hasPrefix("outputs/") }
      add(folder)
    }
    let bad = BundleManifest(
      run: run, name: good.name, stages: stages, results: results, objects: objects)
    _ = try store.export(bad, to: "\(space.path)/bad.tar")
    let taken = try await space.repro("import", "bad.tar", "--cache", "other")
    #expect(taken.faults(allowing: [2]) == [])
    #expect(taken.errors.contains("contradicts itself"), "\(taken.errors)")
    #expect(try await space.repro("runs", "--cache", "other").output.contains("no runs yet"))
    #expect(Scan.files(below: "\(space.path)/other/objects") == [])
    #expect(Scan.files(below: "\(space.path)/other/records") == [])
  }

  private enum Scan {
    static func files(below path: String) -> [String] {
      (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
        .filter { $0.count > 2 }
    }
  }
}
