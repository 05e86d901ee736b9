import Documents
import Reports
import Store

/// What there is to say of an object: what it is, what made it, what uses it.
struct ObjectPage {
  private let content: Content
  private let sizeInBytes: Int
  private let entries: [Tree.Entry]
  private let makers: [ResultSummary]
  private let readers: [ResultSummary]
  private let runs: [Digest]
  private let pins: [String]
  private let summary: ArtefactSummary?

  init(_ digest: Digest, in store: Store, pins: [String]) throws {
    content = try store.object(matching: digest.description)
    sizeInBytes = try store.sizeInBytes(of: digest)
    entries = try content.kind == .tree ? store.tree(of: digest).entries : []
    makers = try store.makers(of: digest)
    readers = try store.readers(of: digest)
    runs = try store.runs(naming: digest)
    self.pins = pins
    summary = ArtefactSummary(of: content, in: store)
  }

  var text: String {
    var lines = [
      "digest   \(content.digest)", "sha256   \(content.sha256)",
      "size     \(Display.bytes(sizeInBytes)) (\(sizeInBytes) bytes)",
    ]
    lines += pins.map { "pin      \($0)" }
    lines += makers.map { "made by  \($0.key)  \(Console.printable($0.stage))" }
    lines += readers.map { "read by  \($0.key)  \(Console.printable($0.stage))" }
    lines += runs.map { "file of  run \($0)" }
    lines += entries.map { "item     \(Console.printable($0.name))  \($0.content.digest)" }
    if let summary {
      lines += ["holds    \(summary.title)"] + summary.lines.map { "         \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  var document: Value {
    guard case .map(var members) = Document.content(content) else { return .null }
    members["made-by"] = .list(makers.map { .string($0.key.description) })
    members["read-by"] = .list(readers.map { .string($0.key.description) })
    members["runs"] = .list(runs.map { .string($0.description) })
    members["pins"] = .list(pins.map(Value.string))
    if content.kind == .tree {
      members["items"] = .list(
        entries.map { ["name": .string($0.name), "content": Document.content($0.content)] })
    }
    if let summary {
      members["holds"] = [
        "title": .string(summary.title), "lines": .list(summary.lines.map(Value.string)),
      ]
    }
    return .map(members)
  }
}
