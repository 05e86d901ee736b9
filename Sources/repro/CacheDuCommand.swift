import ArgumentParser
import Documents
import Store

/// `repro cache du`: how much space the cache takes, and for what.
struct CacheDuCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "du", abstract: "Say how much space the cache takes, and for what.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let usage = try store.open().usage()
    let parts = [
      ("files", usage.files), ("folders", usage.trees), ("records", usage.records),
      ("index", usage.index), ("partial", usage.partial), ("work", usage.work),
      ("quarantine", usage.quarantine),
    ]
    let total = parts.reduce(0) { $0 + $1.1.bytes }
    let members = parts.map { name, amount -> (String, Value) in
      (name, ["count": .int(Int64(amount.count)), "bytes": .int(Int64(amount.bytes))])
    }
    format.print(.map(Dictionary(uniqueKeysWithValues: members))) {
      var table = Table(["what", "number", "size"], rightAligned: [1, 2])
      for (name, amount) in parts {
        table.rows.append([name, Display.count(amount.count), Display.bytes(amount.bytes)])
      }
      table.rows.append(["total", "", Display.bytes(total)])
      return table.text
    }
  }
}
