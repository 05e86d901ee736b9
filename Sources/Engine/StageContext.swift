import Documents
import Glibc
import Store
import Synchronization

/// What a stage sees while it runs: its inputs, its outputs, its seed, and a way to be heard.
public final class StageContext: Sendable {
  private let job: Job
  private let events: EventWriter
  private let outputs: String

  init(job: Job, events: EventWriter) {
    self.job = job
    self.events = events
    outputs = job.partial.map { PartialFolder(path: $0).outputs } ?? "\(job.folder)/outputs"
  }

  /// The stage's seed; 0 for a kind that draws no random numbers.
  public var seed: UInt64 { job.seed }

  /// How many threads the stage may use now; more or fewer when other stages end or start. The
  /// result must not depend on it.
  public var threads: Int { ThreadShares.share(in: job.folder) ?? job.threads }

  /// Something the host says to the stage that cannot change its result, such as `mirror`.
  public func setting(_ name: String) -> String? { job.settings[name] }

  /// The path of a required input: a file, or a folder. Its bytes were checked when it was laid out.
  public func input(_ name: String) -> String { "\(job.folder)/inputs/\(name)" }

  /// The path of an input that may be left out.
  public func optionalInput(_ name: String) -> String? {
    job.inputs.contains(name) ? input(name) : nil
  }

  /// Where the output belongs. A folder output exists already and is empty.
  public func output(_ name: String) -> String { "\(outputs)/\(name)" }

  /// Where the stage keeps its state, with what it kept before; `nil` if it keeps none this time. To be
  /// asked for once, before anything is written to the outputs.
  ///
  /// - Throws: `StoreError.system`.
  public func state() throws -> StageState? {
    try job.partial.map {
      try StageState(in: PartialFolder(path: $0), folderOutputs: job.folderOutputs)
    }
  }

  /// Says that the stage goes on from what was kept: `where` like "epoch 12 of 20".
  public func resumes(_ state: StageState, after place: String) {
    events.write(.resumed(after: place, seconds: state.seconds))
  }

  /// Tells how far the stage is. Cheap; call it as often as progress is made.
  public func progress(_ progress: Progress) { events.write(.progress(progress)) }

  /// A figure of the result, shown when the stage is done and kept with the result. Headlines are
  /// what people compare runs by: they also make up the run's table.
  public func result(_ name: String, _ value: Double, isHeadline: Bool = false) {
    events.write(.result(name, .float(value), isHeadline: isHeadline))
  }
  public func result(_ name: String, _ value: Int, isHeadline: Bool = false) {
    events.write(.result(name, .int(Int64(value)), isHeadline: isHeadline))
  }

  /// Something the user should know though the stage goes on. Kept with the result.
  public func warn(_ text: String) { events.write(.warning(text)) }
}

/// How far a stage is.
public struct Progress: Hashable, Sendable {
  /// Steps of the whole stage, such as epochs: `step` of `steps` is under way (from 1).
  public var step: Int
  public var steps: Int
  /// What a step is called: `epoch`, `file`.
  public var stepName: String
  /// Units done and to do over the whole stage, such as samples or bytes.
  public var done: Int
  public var total: Int
  public var unit: String

  public init(step: Int, of steps: Int, _ stepName: String, done: Int, total: Int, unit: String) {
    self.step = step
    self.steps = steps
    self.stepName = stepName
    self.done = done
    self.total = total
    self.unit = unit
  }
}
