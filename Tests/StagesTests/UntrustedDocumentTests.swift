import Corpus
import Documents
import Engine
import Foundation
import Pipelines
import Store
import Testing

/// What stages say and what snapshots hold, spoilt at random: there is always a verdict, never a trap.
@Suite struct UntrustedDocumentTests: ~Copyable {
  /// Its process is a script, so that a test chooses what it says.
  private enum Said: StageKind {
    static let name = "said"
    static let summary = "says what a file says"
    static let inputs: [KindSignature.Input] = [.init("in", required: false, "not read")]
    static let outputs: [KindSignature.Output] = [.init("out", "the same of all")]

    static func read(_ fields: inout FieldReader) -> Int {
      fields.int("number", default: 0, in: 0...1000, "of the file")
    }

    static func run(_ number: Int, _ stage: StageContext) {}
  }

  private let folder: String
  private let store: Store
  private let engine: Engine
  private let options = RunOptions(jobs: 4, threads: 4, keepsGoing: true)
  private let occasion = Occasion(startedAt: 1, host: "h", engine: "e", engineDigest: "d")

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "repro-test-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(
      atPath: "\(folder)/said", withIntermediateDirectories: true)
    store = try Store(at: "\(folder)/cache", create: true)
    // The job file is told last: in it stands the number, beside it belongs what is said.
    let script = """
      number=$(sed -n 's/.*"number":"i:\\([0-9]*\\)".*/\\1/p' "$1")
      folder=$(dirname "$1")
      echo out > "$folder/outputs/out"
      cat "\(folder)/said/$number" >> "$folder/events.jsonl"
      """
    engine = Engine(
      store: store, kinds: KindRegistry([Said.self]), program: "/bin/sh",
      arguments: ["-c", script, "sh"])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
  }

  private func run(_ text: String) async throws -> RunOutcome {
    let pipeline = try resolve(
      pipeline: Array(text.utf8), file: "p.yaml", kinds: engine.kinds.signatures)
    return try await engine.run(
      pipeline, folder: folder, options: options, occasion: occasion, onEvent: { _ in })
  }

  // MARK: Events

  private static let done = #"{"event":"s:done"}"#
  private static let events = [
    #"{"done":"i:3","event":"s:progress","step":"i:1","step-name":"s:epoch","steps":"i:2","total":"i:6","unit":"s:rows"}"#,
    #"{"event":"s:result","headline":true,"name":"s:accuracy","value":"f:0.5"}"#,
    #"{"event":"s:result","headline":false,"name":"s:rows","value":"i:9223372036854775807"}"#,
    #"{"event":"s:warning","text":"s:few rows"}"#, done,
  ]

  @Test func `whatever a stage says, it has succeeded or failed with a message`() async throws {
    var random = SplitMix64(seed: 1)
    let whole = Array(Self.events.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    let endless = [UInt8](repeating: UInt8(ascii: "["), count: 3_000_000)
    let end = Array("\(Self.done)\n".utf8)
    // The last ones: all is well; no word; a line without end, and with a word behind it.
    let fixed = [whole, [], endless + end, endless + [UInt8(ascii: "\n")] + end]
    let count = 120
    for number in 0..<count {
      try write(whole.spoilt(using: &random), to: "said/\(number)")
    }
    for (offset, bytes) in fixed.enumerated() { try write(bytes, to: "said/\(count + offset)") }
    let stages = (0..<count + fixed.count).map {
      "  s\($0): { uses: said, config: { number: \($0) } }"
    }
    var failures: [String: any Error] = [:]
    do {
      _ = try await run("name: p\nstages:\n" + stages.joined(separator: "\n") + "\n")
    } catch let error as RunFailure {
      #expect(error.skipped == [])
      for stage in error.stages { failures[stage.name] = stage.error }
    }
    for error in failures.values {
      let text = try #require((error as? EngineError)?.errorDescription)
      #expect(text.utf8.count < 40_000)
    }
    let results = try store.records()
    #expect(results.count + failures.count == stages.count)
    for record in results { #expect(record.figures.count + record.warnings.count <= 100) }
    let isFailed = (count..<stages.count).map { failures["s\($0)"] != nil }
    #expect(isFailed == [false, true, true, false])
    #expect(try store.verify() == [])
  }

  // MARK: Snapshots

  @Test func `whatever a snapshot has become, it is executed or refused`() async throws {
    try write(Array("\(Self.done)\n".utf8), to: "said/0")
    try write(Array("from outside".utf8), to: "file")
    let whole = try await run(
      """
      name: p
      stages:
        a: { uses: said, config: { number: 0 }, inputs: { in: "file:file" } }
        b: { uses: said, config: { number: 0 }, inputs: { in: a.out } }
        c: { uses: said, config: { number: 0 }, inputs: { in: b.out } }
      """)
    let bytes = try store.bytes(of: whole.runHash)
    let value = try Value(canonical: bytes)
    var random = SplitMix64(seed: 2)
    var read = 0
    for turn in 0..<300 {
      let spoilt: [UInt8] =
        turn % 3 == 0
        ? bytes.spoilt(using: &random) : value.spoilt(using: &random).canonicalBytes
      let digest = try store.put(bytes: spoilt).digest
      guard let snapshot = try? store.snapshot(digest) else { continue }
      read += 1
      #expect(snapshot.stages.count <= 4)
      guard turn % 10 == 0 else { continue }
      let run = Run(hash: digest, name: "spoilt", records: [:])
      do {
        _ = try await engine.rerun(
          run, options: options,
          occasion: Occasion(startedAt: 1, host: "host", engine: "1", engineDigest: ""),
          onEvent: { _ in })
      } catch is EngineError {
      } catch is StoreError {
      } catch is RunFailure {}
    }
    #expect(read > 20)
    #expect(try store.verify() == [])
  }
}

extension [UInt8] {
  /// With a few bytes changed, cut or repeated.
  fileprivate func spoilt(using random: inout SplitMix64) -> [UInt8] {
    var bytes = self
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = Swift.min(bytes.count, place + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 1: bytes.removeSubrange(place..<end)
      case 2:
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...place, using: &random))
      default:
        if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      }
    }
    return bytes
  }
}

extension Value {
  private static let odd: [Value] = [
    .null, true, .int(.max), .int(.min), .float(.infinity), .float(.nan), "", "s:x", "../../x",
    "\u{1b}[2J", [], [:], .list([.null, .null]), "18446744073709551616", "a", "b", "c",
  ]

  /// With one value somewhere in it replaced by another one, or gone.
  fileprivate func spoilt(using random: inout SplitMix64) -> Value {
    guard var members = map, let key = members.keys.sorted().randomElement(using: &random),
      Int.random(in: 0..<6, using: &random) > 0
    else { return Self.odd.randomElement(using: &random) ?? .null }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: members[key] = nil
    case 1: members["new"] = members[key]
    default: members[key] = members[key]?.spoilt(using: &random)
    }
    return .map(members)
  }
}
