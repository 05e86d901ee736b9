import Documents
import Pipelines
public import Store

/// A recorded result that was never computed again.
public struct UncheckedResult: Hashable, Sendable {
  /// A run that it belongs to, and the name of its stage there.
  public let run: Digest
  public let stage: String
  public let key: Digest
  /// How long it took.
  public let seconds: Double
}

/// Results of one computation with several seeds that have the same bytes: the program ignores its seed.
public struct DeadSeed: Hashable, Sendable {
  /// The stage, as `pipeline/stage`; of a result that was not made in a run, its kind.
  public let stage: String
  /// The seeds, in order, and the keys of their results.
  public let seeds: [UInt64]
  public let keys: [Digest]
}

extension Engine {
  /// The results of recorded runs that were never computed again, those that took the least first;
  /// without those that only bring in bytes from outside.
  public func unchecked() throws -> [UncheckedResult] {
    let runs = try store.runs()
    var verdicts: [Digest: Set<Execution.Verdict>] = [:]
    for run in runs {
      for (stage, verdict) in run.executions.flatMap(\.verdicts) {
        if let key = run.records[stage] { verdicts[key, default: []].insert(verdict) }
      }
    }
    let known = Dictionary(uniqueKeysWithValues: try store.results().map { ($0.key, $0) })
    // Of the runs that share a result the one counts that demands most of it.
    var strictest: [Digest: (result: UncheckedResult, demand: Demand)] = [:]
    for run in runs {
      let stages = (try? store.snapshot(run.hash).stages) ?? []
      let demands = Dictionary(
        stages.map { ($0.name, Demand($0.reproducible)) }, uniquingKeysWith: { $1 })
      for (stage, key) in run.records.sorted(by: { $0.key < $1.key }) {
        guard let result = known[key], kinds.kind(named: result.kind)?.bringsInBytes != true
        else { continue }
        let demand = demands[stage] ?? .everyBit
        if let other = strictest[key], other.demand <= demand { continue }
        strictest[key] = (
          UncheckedResult(run: run.hash, stage: stage, key: key, seconds: result.seconds), demand
        )
      }
    }
    return strictest.values
      .filter { !$0.demand.isMet(by: verdicts[$0.result.key] ?? []) }.map(\.result)
      .sorted { ($0.seconds, $0.key) < ($1.seconds, $1.key) }
  }

  /// Among all recorded results those whose seed makes no difference.
  public func deadSeeds() throws -> [DeadSeed] {
    struct Seeded {
      let seed: UInt64
      let result: ResultSummary
    }
    // What is the same but for the seed has one key here; what came out the same is together.
    var groups: [[UInt8]: [Seeded]] = [:]
    for result in try store.results() {
      guard let record = try store.record(for: result.key), !record.outputs.isEmpty,
        record.acceptances.isEmpty,
        let preimage = try? store.preimage(record.preimage), let seed = preimage.seed,
        case .map(var members) = preimage.value
      else { continue }
      members["seed"] = nil
      let outputs = record.outputs.mapValues { Value.string($0.sha256.description) }
      let group: Value = ["rest": .map(members), "outputs": .map(outputs)]
      groups[group.canonicalBytes, default: []].append(Seeded(seed: seed, result: result))
    }
    return groups.values.filter { $0.count > 1 }.map { group in
      let group = group.sorted { $0.seed < $1.seed }
      let name = group[0].result.stage
      return DeadSeed(
        stage: name.isEmpty ? group[0].result.kind : name, seeds: group.map(\.seed),
        keys: group.map(\.result.key))
    }
    .sorted { ($0.stage, $0.keys[0]) < ($1.stage, $1.keys[0]) }
  }
}

/// What a run demands of a stage that is executed again.
private enum Demand: Int, Comparable {
  case everyBit, nearness, nothing

  init(_ reproducible: Reproducibility) {
    self =
      switch reproducible {
      case .bitwise: .everyBit
      case .numeric: .nearness
      case .waived: .nothing
      }
  }

  static func < (a: Demand, b: Demand) -> Bool { a.rawValue < b.rawValue }

  /// Whether one of the verdicts says whether it was met.
  func isMet(by verdicts: Set<Execution.Verdict>) -> Bool {
    var telling: Set<Execution.Verdict> = [.same, .different]
    if self != .everyBit { telling.insert(.withinTolerance) }
    if self == .nothing { telling.insert(.notCompared) }
    return !telling.isDisjoint(with: verdicts)
  }
}
