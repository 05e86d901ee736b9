import Documents
import Foundation
import Store
import Testing

/// Objects, records, an index and job files of nonsense: always a message, never a trap, never a byte
/// that is not what its name says.
@Suite struct HostileStoreTests {
  private static let pipeline = """
    name: p
    stages:
      a: { run: "echo hi > o", outputs: { o: o } }
      b: { run: "mkdir -p d/sub; cp ${inputs.i} d/x; cp ${inputs.i} d/sub/y", inputs: { i: a.o }, outputs: { d: d } }
      c: { run: "cat ${inputs.d}/x > o", inputs: { d: b.d }, outputs: { o: o } }
    """

  /// A finished run to spoil, and what it came out as.
  private func spoilt(
    _ spoil: (borrowing Workspace, [String: String]) throws -> Void
  ) async throws -> (faults: [String], digests: [String: String], original: [String: String]) {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let digests = try run.digests()
    let hash = try #require(run.json()["run"] as? String)
    try spoil(space, digests.merging(["run": hash]) { own, _ in own })
    var faults: [String] = []
    for arguments in [
      ["cache", "verify"], ["runs"], ["cache", "ls"], ["cache", "du"], ["show", hash],
      ["log", "a"],
      ["cache", "show", digests["b.d"] ?? ""], ["plan", "p.yaml"],
      ["cache", "show", digests["b.d"] ?? "", "--to", "copy"], ["rerun", hash],
      ["run", "p.yaml"], ["cache", "gc", "--dry-run"], ["cache", "gc"],
    ] {
      let found = try await space.repro(arguments).faults(allowing: [0, 1, 2, 3])
      if !found.isEmpty { faults.append("\(arguments.joined(separator: " ")): \(found)") }
    }
    // Whatever came out of the folder is what went in.
    for name in ["copy/x", "copy/sub/y"] {
      if let copied = try? space.read(name), copied != Data("hi\n".utf8) {
        faults.append("\(name) is \(copied)")
      }
    }
    let last = try await space.repro("run", "p.yaml", "--format", "json")
    return (faults, last.status == 0 ? try last.digests() : [:], digests)
  }

  // MARK: The index

  enum IndexDamage: String, CaseIterable {
    case emptied, nonsense, beginning, zeros, flipped, truncated, deleted, folder, anothers

    func apply(to path: String, another: Data) throws {
      var bytes = try Data(contentsOf: URL(filePath: path))
      switch self {
      case .emptied: bytes = Data()
      case .nonsense: bytes = Data("garbage".utf8)
      case .beginning: bytes = Data("SQLite format 3\0".utf8)
      case .zeros: bytes = Data(count: bytes.count)
      // In every page, but not in the version of the schema.
      case .flipped:
        for place in stride(from: 105, to: bytes.count, by: 397) { bytes[place] ^= 0x11 }
      case .truncated: bytes = bytes.prefix(bytes.count / 2)
      case .deleted, .folder:
        try FileManager.default.removeItem(atPath: path)
        guard self == .folder else { return }
        return try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: false)
      case .anothers: bytes = another
      }
      try bytes.write(to: URL(filePath: path))
    }
  }

  @Test(arguments: IndexDamage.allCases)
  func `a damaged index costs time, never truth`(damage: IndexDamage) async throws {
    let other = try Workspace()
    try other.write("p.yaml", "stages:\n  other: { run: echo 1 > o, outputs: { o: o } }\n")
    #expect(try await other.repro("run", "p.yaml").status == 0)
    let another = try other.read("cache/index.sqlite")
    let result = try await spoilt { space, _ in
      try damage.apply(to: "\(space.path)/cache/index.sqlite", another: another)
    }
    #expect(result.faults == [])
    #expect(result.digests == result.original)
  }

  @Test func `an index of a newer version is refused, and left alone`() async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.pipeline)
    #expect(try await space.repro("run", "p.yaml").status == 0)
    var bytes = try space.read("cache/index.sqlite")
    bytes[63] = 77  // the low byte of SQLite's user_version
    try bytes.write(to: URL(filePath: "\(space.path)/cache/index.sqlite"))
    for arguments in [["run", "p.yaml"], ["cache", "verify"], ["cache", "gc"], ["runs"]] {
      let result = try await space.repro(arguments)
      #expect(result.faults(allowing: [1, 2]) == [], "\(arguments)")
      #expect(result.errors.contains("77"), "\(result.errors)")
    }
    #expect(try space.read("cache/index.sqlite") == bytes)
  }

  // MARK: Records

  private static let zero = String(repeating: "0", count: 32)

  /// Documents beside the real ones; `KEY` stands for the key of a stage that has a result.
  private static let records: [String] = [
    "", "nonsense", "{", "null", "[]", #""s:x""#, "{}", #"{"type":"s:result"}"#,
    #"{"type":"i:1"}"#, #"{"type":"s:unheard-of"}"#, String(repeating: "[", count: 100_000),
    #"{"a":"# + String(repeating: #"{"a":"#, count: 99) + "null"
      + String(repeating: "}", count: 100),
    #"{"acceptances":[],"evicted":false,"key":"s:x","made-at":"f:0.0","notes":{},"outputs":{},"preimage":"s:y","seconds":"f:0.0","stage":"s:p/z","type":"s:result"}"#,
    #"{"acceptances":[],"evicted":false,"key":"s:\#(zero)","made-at":"f:0.0","notes":{},"outputs":{"o":{"digest":"s:\#(zero)","kind":"s:file","sha256":"s:\#(zero)\#(zero)","size":"i:9223372036854775807"}},"preimage":"s:\#(zero)","seconds":"f:0.0","stage":"s:p/z","type":"s:result"}"#,
    #"{"acceptances":[],"evicted":false,"key":"s:\#(zero)","made-at":"f:0.0","notes":{},"outputs":{"../../x":{"digest":"s:\#(zero)","kind":"s:tree","sha256":"s:\#(zero)\#(zero)","size":"i:0"}},"preimage":"s:\#(zero)","seconds":"f:0.0","stage":"s:../../z","type":"s:result"}"#,
    #"{"acceptances":"i:1","evicted":"s:no","key":[],"made-at":"s:now","notes":"i:3","outputs":[],"preimage":{},"seconds":null,"stage":false,"type":"s:result"}"#,
    #"{"name":"s:q","records":{"z":"s:\#(zero)"},"run":"s:\#(zero)","type":"s:run"}"#,
    #"{"name":"s:\u001b]0;x\u0007","records":{},"run":"s:..","type":"s:run"}"#,
    #"{"name":"i:1","records":[],"run":null,"type":"s:run"}"#,
    #"{"engine":"s:","engine-digest":"s:","executed":"i:-1","host":"s:\u001b[2J","reused":"i:9223372036854775807","run":"s:\#(zero)","seconds":"f:nan","stage-seconds":{"a":"f:inf"},"started-at":"f:-1e+300","type":"s:execution"}"#,
    #"{"name":"s:../x","target":"s:\#(zero)","type":"s:pin"}"#,
  ]

  @Test(arguments: records.indices)
  func `records of nonsense are no result`(number: Int) async throws {
    let result = try await spoilt { space, _ in
      try space.add(Array(Self.records[number].utf8), to: "records")
      try space.forgetIndex()
    }
    #expect(result.faults == [], "\(Self.records[number].prefix(300))")
    #expect(result.digests == result.original)
  }

  /// What is changed in each record, and a word about what comes of it where that is no message yet.
  private static let figures: [(from: String, to: String)] = [
    (#""made-at":"f:[^"]*""#, #""made-at":"f:1e+300""#),
    (
      #""started-at":"f:[^"]*""#, #""started-at":"f:-1e+300""#
    ),
    (
      #""seconds":"f:[^"]*""#, #""seconds":"f:1e+300""#
    ),
    (
      #""notes":\{\}"#,
      #""notes":{"results":[{"headline":true,"name":"s:n","value":"i:9223372036854775807"}],"warnings":[]}"#
    ),
    (
      #""stage":"s:[^"]*""#, #""stage":"s:\\u001b[31m/../z""#
    ),
    (#""host":"s:[^"]*""#, #""host":"s:\\u001b[2J""#),
    (#""size":"i:[0-9]*""#, #""size":"i:9223372036854775807""#),
    (#""size":"i:[0-9]*""#, #""size":"i:-1""#),
  ]

  @Test(arguments: figures.indices)
  func `figures beyond all measure are shown or refused`(number: Int) async throws {
    let (from, to) = Self.figures[number]
    let result = try await spoilt { space, _ in
      let records = "\(space.path)/cache/records"
      for name in FileManager.default.enumerator(atPath: records)?.compactMap({ $0 as? String })
        ?? []
      {
        guard let bytes = FileManager.default.contents(atPath: "\(records)/\(name)") else {
          continue
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let changed = text.replacingOccurrences(of: from, with: to, options: .regularExpression)
        guard changed != text else { continue }
        try FileManager.default.removeItem(atPath: "\(records)/\(name)")
        try space.add(Array(changed.utf8), to: "records")
      }
      try space.forgetIndex()
    }
    #expect(result.faults == [])
    #expect(result.digests == result.original)
  }

  // MARK: Trees

  private static let file = Content(hashing: Array("hi\n".utf8))

  private static func entry(_ name: String, mode: String = "file", of content: Content = file)
    -> String
  {
    #"{"digest":"s:\#(content.digest)","mode":"s:\#(mode)","name":\#(String(decoding: Value.string(name).canonicalBytes, as: UTF8.self)),"sha256":"s:\#(content.sha256)","size":"i:\#(content.size)"}"#
  }

  private static func tree(_ entries: [String]) -> String {
    #"{"entries":[\#(entries.joined(separator: ","))],"type":"s:tree"}"#
  }

  private static let trees: [String] = [
    "", "nonsense", "{}", tree([entry("..")]), tree([entry(".")]), tree([entry("")]),
    tree([entry("a/b")]), tree([entry("/etc/x")]), tree([entry("a\0b")]),
    tree([entry("a"), entry("a")]), tree([entry("b"), entry("a")]),
    tree([entry(String(repeating: "n", count: 256))]), tree([entry("x", mode: "link")]),
    tree([entry("x", mode: "folder")]),
    tree([entry("x", of: Content(hashing: Array("nowhere".utf8)))]),
    tree([entry("x")]).replacingOccurrences(of: "i:3", with: "i:99999999999999999999"),
    tree([entry("x")]).replacingOccurrences(of: "i:3", with: "i:-1"),
    tree([entry("x")]) + " ", tree([entry("x\u{1b}[31m")]), tree([entry("../../canary")]),
  ]

  /// The objects are what their names say: it is what they say that is wrong.
  @Test(arguments: trees.indices)
  func `a folder's list of nonsense is never laid out`(number: Int) async throws {
    let space = try Workspace()
    try space.write("canary", "alive")
    try space.write("p.yaml", Self.pipeline)
    let run = try await space.repro("run", "p.yaml")
    try #require(run.status == 0, "\(run.errors)")
    let bytes = Array(Self.trees[number].utf8)
    let (content, preimage) = (
      Content(hashing: bytes, kind: .tree), Content(hashing: Array("{}".utf8))
    )
    try space.add(bytes, to: "objects")
    try space.add(Array("{}".utf8), to: "objects")
    let record: Value = [
      "acceptances": [], "evicted": false, "key": .string(preimage.digest.description),
      "made-at": 0.0, "notes": [:], "outputs": ["d": content.value],
      "preimage": .string(preimage.digest.description), "seconds": 0.0, "stage": "p/z",
      "type": "result",
    ]
    try space.add(record.canonicalBytes, to: "records")
    try space.forgetIndex()
    for arguments in [
      ["cache", "show", "\(content.digest)", "--to", "copy"],
      ["cache", "show", "\(content.digest)"],
      ["show", "\(preimage.digest)"], ["cache", "verify"], ["cache", "du"], ["cache", "gc"],
      ["run", "p.yaml"],
    ] {
      let result = try await space.repro(arguments)
      #expect(result.faults(allowing: [0, 1, 2, 3]) == [], "\(arguments)")
    }
    #expect(try space.read("canary") == Data("alive".utf8))
    let left = try FileManager.default.contentsOfDirectory(atPath: space.path).sorted()
    #expect(left.filter { $0 != "copy" } == ["cache", "canary", "p.yaml"])
  }

  // MARK: Job files

  @Test(arguments: [
    "", "nonsense", "{}", "[]", #"{"type":"s:job"}"#, String(repeating: "[", count: 100_000),
    #"{"config":{},"folder":"s:nowhere","inputs":[],"kind":"s:pretrain","parent":null,"seed":"s:1","settings":{},"threads":"i:1","type":"s:job","version":"i:1"}"#,
    #"{"config":{},"folder":"s:.","inputs":["s:../x"],"kind":"s:label-noise","parent":null,"seed":"s:1","settings":{},"threads":"i:-9223372036854775808","type":"s:job","version":"i:1"}"#,
    #"{"config":"i:1","folder":"s:.","inputs":[],"kind":"s:idx-dataset","parent":null,"seed":"s:18446744073709551615","settings":{"mirror":"s:x"},"threads":"i:0","type":"s:job","version":"i:9223372036854775807"}"#,
    #"{"config":{},"folder":"s:.","inputs":"i:1","kind":"s:x","parent":null,"seed":"s:99999999999999999999","settings":[],"threads":"f:1.0","type":"s:job","version":"i:1"}"#,
  ])
  func `a job file of nonsense is refused`(text: String) async throws {
    let space = try Workspace()
    try space.write("job.json", text)
    let result = try await space.repro("execute-job", "job.json")
    let faults = result.faults(allowing: [1, 2]).filter { $0 != "no message" && !$0.isEmpty }
    #expect(faults == [])
  }

  // MARK: Data

  private static let idx: [(String, [UInt8])] = [
    ("nothing", []), ("a beginning", [0, 0, 8]), ("no type", [0, 0, 0x77, 1, 0, 0, 0, 1, 0]),
    ("255 dimensions", [0, 0, 8, 255]),
    ("a size beyond the file", [0, 0, 8, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 28, 0, 0, 0, 28, 0]),
    ("sizes whose product overflows", [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12)),
    ("no images", [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    (
      "an array of more numbers than there are addresses",
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
        + Array(
          "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }".utf8)
        + [UInt8](repeating: 0x20, count: 40) + [0x0A]
    ),
    (
      "an array whose header is longer than the file",
      [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    ),
    ("a compressed nothing", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]),
  ]

  @Test(arguments: idx.indices)
  func `data of absurd sizes fails its stage with a message`(number: Int) async throws {
    let space = try Workspace()
    let (_, bytes) = Self.idx[number]
    for name in ["train-images", "train-labels", "test-images", "test-labels"] {
      try Data(bytes).write(to: URL(filePath: "\(space.path)/\(name)"))
      try Data(bytes).write(to: URL(filePath: "\(space.path)/\(name).gz"))
    }
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/m", withIntermediateDirectories: true)
    for name in ["train-images.gz", "train-labels.gz", "test-images.gz", "test-labels.gz"] {
      try FileManager.default.copyItem(
        atPath: "\(space.path)/\(name)", toPath: "\(space.path)/m/\(name)")
    }
    try space.write(
      "p.yaml",
      """
      stages:
        idx: { uses: idx-dataset, inputs: { archive: "file:m" } }
        csv: { uses: csv-dataset, inputs: { train: "file:train-images" } }
        transition: { uses: estimate-transition, inputs: { posterior: "file:train-images" } }
        noise: { uses: label-noise, inputs: { dataset: "file:m" }, config: { type: symmetric, rate: 0.1 } }
      """)
    let result = try await space.repro("run", "p.yaml", "--keep-going")
    #expect(result.faults(allowing: [1, 2]) == [])
  }
}

extension Workspace {
  /// Puts bytes where something of that content belongs.
  fileprivate func add(_ bytes: [UInt8], to folder: String) throws {
    let digest = "\(Content(hashing: bytes).digest)"
    let place = "\(path)/cache/\(folder)/\(digest.prefix(2))"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: "\(place)/\(digest.dropFirst(2))"))
  }

  /// Makes the next command read every record and object.
  fileprivate func forgetIndex() throws {
    try FileManager.default.removeItem(atPath: "\(path)/cache/index.sqlite")
  }
}
