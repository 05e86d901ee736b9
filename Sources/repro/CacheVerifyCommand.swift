import ArgumentParser
import Documents
import Store

/// `repro cache verify`: reads objects and names what is damaged.
struct CacheVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every object and compare it with its digests; exit 3 names the damaged ones.",
    discussion: """
      Damaged objects are moved to the cache's quarantine folder; the next run makes them again. \
      With hashes only these are read, and what they lead to.
      """)

  @Argument(help: "Runs, results or objects; the beginning of each hash is enough.")
  var hashes: [String] = []

  @Flag(help: "Forget the results that need something damaged, so that they are computed again.")
  var repair = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.open()
    let targets = try hashes.map { try store.target(matching: $0) }
    let damages = try targets.isEmpty ? store.verify() : store.verify(targets)
    let forgotten = try repair ? store.repair(damages) : []
    let count = try store.objectCount()
    format.print(document(damages, forgotten, intact: count)) {
      if !damages.isEmpty { return text(damages, forgotten) }
      return targets.isEmpty ? "\(Display.count(count)) objects, all sound" : "all sound"
    }
    if !damages.isEmpty { throw ExitStatus.Exit(status: .damagedStore) }
  }

  private func text(_ damages: [Damage], _ forgotten: [Digest]) -> String {
    let lines = damages.map { damage in
      let users = damage.users.isEmpty ? "" : "; used by \(damage.users.joined(separator: ", "))"
      return "damaged: \(Self.name(damage)): \(damage.kind)\(users)"
    }
    let repaired = forgotten.isEmpty ? "" : ", \(forgotten.count) results forgotten"
    return lines.joined(separator: "\n")
      + "\n\n\(damages.count) damaged, moved to quarantine\(repaired); the next run makes them again"
  }

  private static func name(_ damage: Damage) -> String { damage.digest?.description ?? damage.path }

  private func document(_ damages: [Damage], _ forgotten: [Digest], intact: Int) -> Value {
    [
      "objects": .int(Int64(intact)),
      "forgotten": .list(forgotten.map { .string($0.description) }),
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
