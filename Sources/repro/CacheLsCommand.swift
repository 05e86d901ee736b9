import ArgumentParser
import Documents
import Engine
import Store

/// `repro cache ls`: the recorded results of stages.
struct CacheLsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the recorded results: key, kind, outputs and their size.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let entries = try store.records().map { record in
      (record: record, kind: (try? store.preimage(record.preimage))?.kind ?? "?")
    }.sorted { ($0.kind, $0.record.key) < ($1.kind, $1.record.key) }
    try format.print(
      .list(
        entries.map { entry in
          guard case .map(var members) = Document.record(entry.record, name: "") else {
            return .null
          }
          members["name"] = nil
          members["kind"] = .string(entry.kind)
          return .map(members)
        })
    ) {
      guard !entries.isEmpty else { return "the cache is empty" }
      var table = Table(["key", "kind", "outputs", "size"], rightAligned: [3])
      for entry in entries {
        let outputs = entry.record.outputs.sorted { $0.key < $1.key }
        let size = try outputs.reduce(0) { try $0 + store.sizeInBytes(of: $1.value) }
        table.rows.append([
          Display.short(entry.record.key), entry.kind,
          outputs.map(\.key).joined(separator: " "), Display.bytes(size),
        ])
      }
      return table.text
    }
  }
}

extension Store {
  /// The bytes of a content with all that is in it; what is missing counts as nothing.
  func sizeInBytes(of content: Content) throws -> Int {
    guard content.kind == .tree, let tree = try? tree(of: content.digest) else {
      return content.size
    }
    return try tree.entries.reduce(0) { try $0 + sizeInBytes(of: $1.content) }
  }
}
