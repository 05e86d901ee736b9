import ArgumentParser
import Documents
import Store

/// `repro cache verify`: reads every object and names what is damaged.
struct CacheVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every object and compare it with its digests; exit 3 names the damaged ones.",
    discussion:
      "Damaged objects are moved to the cache's quarantine folder; the next run makes them again.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let damages = try store.verify()
    let count = try store.objects().count
    format.print(document(damages, intact: count)) {
      damages.isEmpty ? "\(Display.count(count)) objects, all sound" : text(damages)
    }
    if !damages.isEmpty { throw ExitStatus.Exit(status: .damagedStore) }
  }

  private func text(_ damages: [Damage]) -> String {
    let lines = damages.map { damage in
      let users = damage.users.isEmpty ? "" : "; used by \(damage.users.joined(separator: ", "))"
      return "damaged: \(Self.name(damage)): \(damage.kind)\(users)"
    }
    return lines.joined(separator: "\n")
      + "\n\n\(damages.count) damaged, moved to quarantine; the next run makes them again"
  }

  private static func name(_ damage: Damage) -> String { damage.digest?.description ?? damage.path }

  private func document(_ damages: [Damage], intact: Int) -> Value {
    [
      "objects": .int(Int64(intact)),
      "damaged": .list(
        damages.map { damage in
          [
            "object": .string(Self.name(damage)), "path": .string(damage.path),
            "what": .string(damage.kind.description),
            "users": .list(damage.users.map(Value.string)),
          ]
        }),
    ]
  }
}
