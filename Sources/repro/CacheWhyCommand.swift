import ArgumentParser
import Documents
import Glibc
import Store

/// `repro cache why`: where a file came from, and what was made of it.
struct CacheWhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Say which results a file came from, up to the files from outside, and which read it."
  )

  @Argument(help: "A file or folder, or the digest of an object or the key of a result.")
  var file: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let target = try self.target(in: store)
    let lineage =
      switch target {
      case .result(let key): try store.lineage(ofResult: key)
      case .run(let digest), .object(let digest): try store.lineage(of: digest)
      }
    format.print(document(target, lineage)) { text(target, lineage) }
  }

  /// A file that is there is meant by its bytes, whatever else its name may be.
  private func target(in store: Store) throws -> PinTarget {
    let path = Machine.absolute(file)
    var status = stat()
    guard file.utf8.count < Int(PATH_MAX), lstat(path, &status) == 0 else {
      return try store.target(matching: file)
    }
    return .object(try store.content(at: path).digest)
  }

  private func text(_ target: PinTarget, _ lineage: Lineage) -> String {
    let names = names(in: lineage)
    var lines = ["\(Display.word(for: target)) \(target.digest)", ""]
    for step in lineage.up {
      lines.append("made by  \(name(step.result))")
      for input in step.inputs {
        let makers = input.makers.map { names[$0] ?? Display.short($0) }
        let origin = makers.isEmpty ? "a file from outside" : makers.joined(separator: ", or ")
        lines.append("  from   \(Display.short(input.digest))  \(origin)")
      }
    }
    if lineage.up.isEmpty { lines.append("no result on record made it") }
    lines += lineage.runs.map { "file of  run \(Display.short($0))" }
    lines += lineage.down.map { "read by  \(name($0))" }
    if lineage.down.isEmpty { lines.append("no result on record read it") }
    return lines.joined(separator: "\n")
  }

  private func name(_ it: ResultSummary) -> String {
    "\(Display.short(it.key))  \(Console.printable(it.stage.isEmpty ? it.kind : it.stage))"
      + (it.isEvicted ? "  (evicted)" : "")
  }

  private func names(in lineage: Lineage) -> [Digest: String] {
    var names: [Digest: String] = [:]
    for step in lineage.up { names[step.result.key] = name(step.result) }
    return names
  }

  private func document(_ target: PinTarget, _ lineage: Lineage) -> Value {
    [
      "digest": .string(target.digest.description), "what": .string(Display.word(for: target)),
      "made-by": .list(lineage.up.map(document)),
      "read-by": .list(lineage.down.map { .map(members($0)) }),
      "runs": .list(lineage.runs.map { .string($0.description) }),
    ]
  }

  private func document(_ step: Lineage.Step) -> Value {
    var members = members(step.result)
    members["inputs"] = .list(
      step.inputs.map { input in
        [
          "digest": .string(input.digest.description),
          "made-by": .list(input.makers.map { .string($0.description) }),
        ]
      })
    return .map(members)
  }

  private func members(_ it: ResultSummary) -> [String: Value] {
    [
      "key": .string(it.key.description), "stage": .string(it.stage), "kind": .string(it.kind),
      "state": .string(Display.state(it)),
    ]
  }
}
