import ArgumentParser
import Documents
import Store

/// `repro cache show`: one object, by its digest.
struct CacheShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an object of the cache, or copy it out, checked, with --to.")

  @Argument(help: "The object's digest, or the beginning of it; 'repro show' lists them.")
  var digest: String

  @Option(help: "Copy the file or folder to this path.", completion: .file())
  var to: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let found = try store.objects().filter { $0.digest.description.hasPrefix(digest) }
    guard let content = found.first else {
      throw ValidationError(
        "no object '\(Console.printable(digest, limit: 64))'; 'repro show RUN' lists outputs")
    }
    guard found.count == 1 else {
      let all = found.prefix(8).map { Display.short($0.digest) }.joined(separator: ", ")
      throw ValidationError("'\(digest)' may be any of \(all)")
    }
    let users = try store.records().filter { $0.outputs.values.contains(content) }
    if let to {
      try store.deliver(content, to: Machine.absolute(to))
      return format.print(Document.content(content)) { "copied to \(to)" }
    }
    try format.print(try document(content, users, store)) {
      var lines = [
        "digest   \(content.digest)", "sha256   \(content.sha256)",
        "size     \(Display.bytes(content.size)) (\(content.size) bytes)",
      ]
      lines += users.map { "made by  \($0.key)" }
      if content.kind == .tree {
        for entry in try store.tree(of: content.digest).entries {
          lines.append("item     \(entry.name)  \(entry.content.digest)")
        }
      }
      return lines.joined(separator: "\n")
    }
  }

  private func document(_ content: Content, _ users: [Record], _ store: Store) throws -> Value {
    guard case .map(var members) = Document.content(content) else { return .null }
    members["made-by"] = .list(users.map { .string($0.key.description) })
    if content.kind == .tree {
      let entries = try store.tree(of: content.digest).entries
      members["items"] = .list(
        entries.map { ["name": .string($0.name), "content": Document.content($0.content)] })
    }
    return .map(members)
  }
}
