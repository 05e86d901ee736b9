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
    let content = try store.object(matching: digest)
    if let to {
      try store.deliver(content, to: Machine.absolute(to))
      return format.print(Document.content(content)) { "copied to \(to)" }
    }
    let pins = try PinNames(store)(.object(content.digest))
    let page = try ObjectPage(content.digest, in: store, pins: pins)
    format.print(page.document) { page.text }
  }
}
