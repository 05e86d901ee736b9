import ArgumentParser
import Documents
import Store

/// `repro cache pin`: keeps something from collection and eviction.
struct CachePinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Keep a run, a stage's result or an object, whatever is collected.",
    discussion: "A name that is taken moves to what is named now.")

  @Argument(
    help:
      "The hash of a run, the key of a result or the digest of an object, or the beginning of it.")
  var hash: String

  @Option(help: "What to call the pin; by default the first digits of the hash.")
  var name: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let target = try store.target(matching: hash)
    let pin = try store.pin(name: name ?? Display.short(target.digest), target)
    let document: Value = [
      "name": .string(pin.name), "digest": .string(target.digest.description),
      "what": .string(Display.word(for: target)),
    ]
    format.print(document) {
      "pinned \(Display.word(for: target)) \(Display.short(target.digest)) as '\(pin.name)'"
    }
  }
}

/// `repro cache unpin`: lets go of it.
struct CacheUnpinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin", abstract: "Remove a pin; what it kept stays until it is collected.")

  @Argument(help: "The name of the pin, as 'repro cache pins' lists it.")
  var name: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    try store.open().unpin(name: name)
    format.print(["name": .string(name)]) { "unpinned '\(name)'" }
  }
}

/// `repro cache pins`: the pins and what they keep.
struct CachePinsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pins", abstract: "List the pins.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let pins = try store.open().pins()
    let documents = pins.map { pin -> Value in
      [
        "name": .string(pin.name), "digest": .string(pin.target.digest.description),
        "what": .string(Display.word(for: pin.target)),
      ]
    }
    format.print(.list(documents)) {
      guard !pins.isEmpty else { return "no pins; 'repro cache pin HASH' makes one" }
      var table = Table(["name", "what", "hash"])
      for pin in pins {
        table.rows.append([
          pin.name, Display.word(for: pin.target), Display.short(pin.target.digest),
        ])
      }
      return table.text
    }
  }
}
