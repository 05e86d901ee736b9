import Store

/// Where a run stands: what waits, what runs, what came out.
struct Standing {
  /// How the execution of a stage ended.
  enum Completion: Sendable {
    case outcome(StageOutcome)
    /// Inputs were damaged: those who made them must make them again.
    case damagedInputs(stage: String, makers: Set<String>)
    case failure(stage: String, any Error)
  }

  /// A run whose inputs keep being damaged is given up after this many repairs.
  private static let mostRepairs = 3

  private let tasks: [StageTask]
  private var pending: Set<String>
  private var running: Set<String> = []
  private var repairs = 0
  private(set) var outcomes: [String: StageOutcome] = [:]
  private(set) var failures: [RunFailure.Stage] = []

  init(_ tasks: [StageTask]) {
    self.tasks = tasks
    pending = Set(tasks.map(\.name))
  }

  /// The outcomes in the order of the tasks.
  var inOrder: [StageOutcome] { tasks.compactMap { outcomes[$0.name] } }

  /// Takes the stages that can start now, so that at most `limit` run; none after a failure.
  mutating func next(limit: Int) -> [StageTask] {
    guard failures.isEmpty else { return [] }
    let ready = tasks.filter { task in
      pending.contains(task.name) && task.upstream.allSatisfy { outcomes[$0] != nil }
    }.prefix(max(0, limit - running.count))
    for task in ready {
      pending.remove(task.name)
      running.insert(task.name)
    }
    return Array(ready)
  }

  /// Notes how a stage ended. Behind damaged inputs their makers are looked at again: whose outputs
  /// are no longer sound runs again.
  mutating func note(_ completion: Completion) {
    switch completion {
    case .outcome(let outcome):
      running.remove(outcome.name)
      outcomes[outcome.name] = outcome
    case .failure(let stage, let error):
      running.remove(stage)
      failures.append(.init(name: stage, error: error))
    case .damagedInputs(let stage, let makers):
      running.remove(stage)
      repairs += 1
      guard repairs <= Self.mostRepairs, !makers.isEmpty else {
        let error = EngineError.failed(
          "its inputs are damaged again and again", fix: "check the disk under the cache")
        failures.append(.init(name: stage, error: error))
        return
      }
      pending.formUnion(makers.union([stage]))
      for maker in makers { outcomes[maker] = nil }
    }
  }
}
