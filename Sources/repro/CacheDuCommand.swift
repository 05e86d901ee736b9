import ArgumentParser
import Documents
import Store

/// `repro cache du`: how much space the cache takes, and for what.
struct CacheDuCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "du",
    abstract: "Say how much space the cache takes, for what, and by which kinds of stage.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let usage = try store.open().usage()
    let parts = [
      ("files", usage.files), ("folders", usage.trees), ("records", usage.records),
      ("index", usage.index), ("partial", usage.partial), ("work", usage.work),
      ("quarantine", usage.quarantine),
    ]
    let kinds = usage.kinds.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    format.print(document(parts, usage)) {
      let total = parts.reduce(0) { $0 + $1.1.bytes }
      var whole = table("what", parts)
      whole.rows.append(["total", "", Display.bytes(total)])
      let evicted = usage.evicted.count == 0 ? [] : [("(evicted, gone)", usage.evicted)]
      let byKind = table(
        "results of", kinds.map { ($0.key.isEmpty ? "?" : $0.key, $0.value) } + evicted)
      return byKind.rows.isEmpty ? whole.text : "\(whole.text)\n\n\(byKind.text)"
    }
  }

  private func table(_ title: String, _ parts: [(String, Usage.Amount)]) -> Table {
    var table = Table([title, "number", "size"], rightAligned: [1, 2])
    for (name, amount) in parts {
      table.rows.append([name, Display.count(amount.count), Display.bytes(amount.bytes)])
    }
    return table
  }

  private func document(_ parts: [(String, Usage.Amount)], _ usage: Usage) -> Value {
    var members = Dictionary(uniqueKeysWithValues: parts.map { ($0, Self.value($1)) })
    members["kinds"] = .map(usage.kinds.mapValues(Self.value))
    members["evicted"] = Self.value(usage.evicted)
    return .map(members)
  }

  private static func value(_ amount: Usage.Amount) -> Value {
    ["count": .int(Int64(amount.count)), "bytes": .int(Int64(amount.bytes))]
  }
}
