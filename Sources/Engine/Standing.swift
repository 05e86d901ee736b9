import Documents
import Pipelines
import Store

/// Where a run stands: what waits, what can start, what runs, what came out. Each step costs no more
/// than the stages it touches.
struct Standing: Sendable {
  /// How the execution of a stage ended.
  enum Completion: Sendable {
    case outcome(Int, StageOutcome)
    /// Its process is done; what it made is still to be recorded.
    case computed(Int, ComputedStage)
    /// Inputs are damaged or were evicted: those who made them must make them again.
    case needsInputs(Int, makers: [Int], isDamage: Bool)
    case failure(Int, any Error)
  }

  private enum Phase {
    /// For the stages above.
    case waiting
    /// For somebody to look whether its result is recorded.
    case unseen
    /// For its turn to be executed.
    case ready
    case running
    case done
    case failed
  }

  private struct Ready {
    let stage: Int
    let path: Double
  }

  /// A run whose inputs keep being damaged is given up after this many repairs.
  private static let mostRepairs = 3

  private let graph: StageGraph
  private let keepsGoing: Bool
  /// Whether recorded results are believed to be whole until somebody has looked; and those of which
  /// this proved wrong once.
  private let believes: Bool
  private var doubted: Set<Int> = []
  private var phases: [Phase]
  /// Of stages that wait: how many of those above are not done.
  private var open: [Int]
  private var unseen: [Int]
  private var ready = PriorityQueue<Ready> { ($1.path, $0.stage) < ($0.path, $1.stage) }
  /// Seconds to the end of the longest chain below each stage; reckoned when first needed.
  private var paths: [Double]?
  private let seconds: @Sendable () -> [Double]
  private var running: [Int: StageLimitsInUse] = [:]
  private var repairs = 0
  /// Stages whose outputs must be there, not only known, since somebody reads them.
  private(set) var mustExist: Set<Int> = []
  private var lookUps: [Int: LookUp] = [:]
  private(set) var outcomes: [StageOutcome?]
  private(set) var failures: [RunFailure.Stage] = []

  /// What is at the head of the longest chain of `seconds`, in which each stage is expected to take
  /// its number of them, is started first.
  init(
    _ graph: StageGraph, seconds: @escaping @Sendable () -> [Double], keepsGoing: Bool,
    believes: Bool
  ) {
    self.graph = graph
    self.keepsGoing = keepsGoing
    self.believes = believes
    self.seconds = seconds
    let count = graph.tasks.count
    phases = [Phase](repeating: .waiting, count: count)
    open = graph.upstream.map(\.count)
    unseen = graph.tasks.indices.filter { graph.upstream[$0].isEmpty }.reversed()
    for stage in unseen { phases[stage] = .unseen }
    outcomes = [StageOutcome?](repeating: nil, count: count)
  }

  /// The outcomes in the order of the tasks.
  var inOrder: [StageOutcome] { outcomes.compactMap(\.self) }

  /// The stages that were never started because of failures above them.
  var skipped: [String] {
    graph.tasks.indices.filter { phases[$0] != .done && phases[$0] != .failed }
      .map { graph.tasks[$0].name }
  }

  private var isOver: Bool { !keepsGoing && !failures.isEmpty }

  // MARK: Looking up

  /// A stage whose inputs are known, so that somebody may look whether its result is recorded.
  mutating func nextUnseen() -> Int? {
    while !isOver, let stage = unseen.popLast() {
      if phases[stage] == .unseen { return stage }
    }
    return nil
  }

  /// Notes that the stage's result is not recorded.
  mutating func noteMiss(_ stage: Int, _ lookUp: LookUp) {
    lookUps[stage] = lookUp
    phases[stage] = .ready
    let paths = self.paths ?? graph.longestPaths(seconds())
    self.paths = paths
    ready.insert(Ready(stage: stage, path: paths[stage]))
  }

  /// Whether the stage's recorded result may be taken for whole before somebody has looked.
  func isBelieved(_ stage: Int) -> Bool { believes && !doubted.contains(stage) }

  /// Takes back the outcomes, of which one was wrongly believed, and what was built on them. They are
  /// looked at one by one now.
  mutating func doubt(_ stages: [Int]) {
    doubted.formUnion(stages)
    var unsettled: Set<Int> = []
    var open = stages
    while let stage = open.popLast() {
      guard unsettled.insert(stage).inserted else { continue }
      if phases[stage] == .done { open += graph.downstream[stage] }
      outcomes[stage] = nil
      lookUps[stage] = nil
    }
    for stage in unsettled.sorted() where ![.running, .failed].contains(phases[stage]) {
      wait(stage)
    }
  }

  // MARK: Starting

  /// Takes the stage to start next, if the machine has room for it beside those that run.
  mutating func next(within limits: RunOptions) -> (stage: Int, LookUp)? {
    while let next = ready.first, phases[next.stage] != .ready { _ = ready.popFirst() }
    guard !isOver, running.count < limits.jobs, let stage = ready.first?.stage else { return nil }
    let wanted = StageLimitsInUse(graph.tasks[stage].limits)
    guard running.isEmpty || wanted.fits(beside: running.values, in: limits),
      let lookUp = lookUps[stage]
    else { return nil }
    _ = ready.popFirst()
    phases[stage] = .running
    running[stage] = wanted
    return (stage, lookUp)
  }

  // MARK: Ends

  mutating func note(_ completion: Completion) {
    switch completion {
    case .outcome(let stage, let outcome): finish(stage, outcome)
    // Others may start meanwhile: recording waits for the disk.
    case .computed(let stage, _): running[stage] = nil
    case .failure(let stage, let error):
      running[stage] = nil
      phases[stage] = .failed
      failures.append(.init(name: graph.tasks[stage].name, error: error))
    case .needsInputs(let stage, let makers, let isDamage):
      running[stage] = nil
      repairs += isDamage ? 1 : 0
      guard repairs <= Self.mostRepairs, !makers.isEmpty else {
        let error = EngineError.failed(
          "its inputs are damaged again and again", fix: "check the disk under the cache")
        return note(.failure(stage, error))
      }
      // Whoever found one damaged was told so by the store: they are looked at one by one.
      if isDamage { doubted.formUnion(makers) }
      for maker in makers { undo(maker) }
      wait(stage)
    }
  }

  private mutating func finish(_ stage: Int, _ outcome: StageOutcome) {
    running[stage] = nil
    lookUps[stage] = nil
    phases[stage] = .done
    outcomes[stage] = outcome
    for reader in graph.downstream[stage] where phases[reader] == .waiting {
      open[reader] -= 1
      if open[reader] == 0 { see(reader) }
    }
  }

  /// The stage's outputs must be made again.
  private mutating func undo(_ stage: Int) {
    mustExist.insert(stage)
    guard phases[stage] == .done else { return }
    outcomes[stage] = nil
    wait(stage)
    for reader in graph.downstream[stage] {
      switch phases[reader] {
      case .waiting: open[reader] += 1
      case .unseen, .ready: wait(reader)
      case .running, .done, .failed: break
      }
    }
  }

  private mutating func wait(_ stage: Int) {
    phases[stage] = .waiting
    open[stage] = graph.upstream[stage].count { outcomes[$0] == nil }
    if open[stage] == 0 { see(stage) }
  }

  private mutating func see(_ stage: Int) {
    phases[stage] = .unseen
    unseen.append(stage)
  }
}

/// What is known of a stage once its inputs are.
struct LookUp: Sendable {
  let contents: [String: Content]
  let preimage: Preimage
  /// The recorded result, of which something is missing, or which is to be made anew.
  let known: Record?
}

/// A stage whose outputs lie in its folder.
struct ComputedStage: Sendable {
  let execution: StageExecution
  let notes: Value
  let seconds: Double
  /// What earlier attempts took that it went on from: part of what the result costs to make again.
  let earlierSeconds: Double
  /// Held until the result is recorded, so that whoever waits for it finds it.
  let claim: Claim
}

/// What a running stage takes of the machine.
struct StageLimitsInUse: Sendable {
  let threads: Int
  let memory: Int

  init(_ limits: StageLimits) {
    threads = limits.threads ?? 1
    memory = limits.memory ?? 0
  }

  func fits(beside running: some Collection<StageLimitsInUse>, in limits: RunOptions) -> Bool {
    let usedThreads = running.reduce(0) { $0 + $1.threads }
    let usedMemory = running.reduce(0) { $0 + min($1.memory, limits.memory - $0) }
    // Undeclared threads only share: they keep nobody waiting.
    let needsThreads = threads > 1 || running.contains { $0.threads > 1 }
    return (!needsThreads || usedThreads + threads <= limits.threads)
      && memory <= limits.memory - usedMemory
  }
}
