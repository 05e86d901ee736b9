import Documents
import Store

/// What became of a result each time it was computed again to be compared.
struct Ledger {
  private var counts: [Execution.Verdict: Int] = [:]
  private var machines: Set<String> = []

  init(of key: Digest, _ runs: [Digest], in store: Store) throws {
    for hash in runs {
      let run = try store.run(matching: hash.description)
      let names = run.records.filter { $0.value == key }.keys
      for execution in run.executions {
        for verdict in names.compactMap({ execution.verdicts[$0] }) where verdict != .checked {
          counts[verdict, default: 0] += 1
          machines.insert(execution.host)
        }
      }
    }
  }

  private func count(_ verdict: Execution.Verdict) -> Int { counts[verdict] ?? 0 }

  /// `nil` if it was never computed again.
  var line: String? {
    let all = counts.values.reduce(0, +)
    guard all > 0 else { return nil }
    let words: [(Execution.Verdict, String)] = [
      (.different, "DIFFERENT"), (.same, "bit-identical"),
      (.withinTolerance, "within its tolerance"), (.notCompared, "not compared"),
    ]
    let parts = words.filter { count($0.0) > 0 }.map { "\($0.1), \(count($0.0)) of \(all)" }
    // What came out differently stands for what did not.
    let verdict = count(.different) > 0 ? parts[0] : parts.joined(separator: "; ")
    return "\(verdict), on \(machines.count) machine\(machines.count == 1 ? "" : "s")"
  }

  var document: Value {
    [
      "same": .int(Int64(count(.same))), "different": .int(Int64(count(.different))),
      "within-tolerance": .int(Int64(count(.withinTolerance))),
      "not-compared": .int(Int64(count(.notCompared))),
      "machines": .list(machines.sorted().map(Value.string)),
    ]
  }
}
