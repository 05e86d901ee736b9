import Documents
import Store

/// What became of a result each time it was computed again to be compared.
struct Ledger {
  private var same = 0
  private var different = 0
  private var machines: Set<String> = []

  init(of key: Digest, _ runs: [Digest], in store: Store) throws {
    for hash in runs {
      let run = try store.run(matching: hash.description)
      let names = run.records.filter { $0.value == key }.keys
      for execution in run.executions {
        for verdict in names.compactMap({ execution.verdicts[$0] }) where verdict != .checked {
          same += verdict == .same ? 1 : 0
          different += verdict == .same ? 0 : 1
          machines.insert(execution.host)
        }
      }
    }
  }

  /// `nil` if it was never computed again.
  var line: String? {
    guard same + different > 0 else { return nil }
    let verdict =
      different == 0
      ? "bit-identical, \(same) of \(same)" : "DIFFERENT, \(different) of \(same + different)"
    return "\(verdict), on \(machines.count) machine\(machines.count == 1 ? "" : "s")"
  }

  var document: Value {
    [
      "same": .int(Int64(same)), "different": .int(Int64(different)),
      "machines": .list(machines.sorted().map(Value.string)),
    ]
  }
}
