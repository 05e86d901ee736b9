import Engine
import Glibc
import Store
import Synchronization

/// Shows a run as it goes, on standard error: live lines on a terminal, plain lines elsewhere.
final class ProgressView: Sendable {
  private struct Running {
    let start: ContinuousClock.Instant
    var progress: Progress?
    var lastPlainLine: ContinuousClock.Instant
  }
  private struct State {
    var running: [(name: String, Running)] = []
    var done: Set<String> = []
    var liveLines = 0
    var lastPaint: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  private let stageCount: Int
  private let nameWidth: Int
  private let isLive: Bool
  /// Elsewhere than on a terminal a running stage says how far it is this often.
  private static let plainInterval = Duration.seconds(15)

  /// Of more stages than these, those that are reused are not named.
  private static let mostNamed = 50

  init(stages: [String]) {
    stageCount = stages.count
    nameWidth = min(24, stages.map(\.count).max() ?? 0)
    isLive = Console.errorIsTerminal && Machine.environment("TERM") != "dumb"
  }

  /// Runs `work`, with interruption, and leaves the terminal as it was.
  func showing<Output: Sendable>(
    _ work: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    defer { state.withLock { clear(&$0) } }
    return try await interruptible(work)
  }

  /// Takes an event of the run.
  func show(_ event: RunEvent) {
    state.withLock { state in
      let now = ContinuousClock.now
      switch event {
      case .started(let stage, let threads):
        // Once only: a stage starts again when its inputs had to be made again.
        state.running.removeAll { $0.name == stage }
        state.running.append((stage, Running(start: now, progress: nil, lastPlainLine: now)))
        if !isLive { say(stage, "started on \(threads) thread\(threads == 1 ? "" : "s")", &state) }
      case .progress(let stage, let progress):
        guard let index = state.running.firstIndex(where: { $0.name == stage }) else { return }
        state.running[index].1.progress = progress
        if !isLive, now - state.running[index].1.lastPlainLine >= Self.plainInterval {
          state.running[index].1.lastPlainLine = now
          say(stage, describe(state.running[index].1, now), &state)
        }
      case .resumed(let stage, let place):
        say(stage, "goes on after \(Console.printable(place))", &state)
      case .killed(let stage): say(stage, "killed as planned; started again", &state)
      case .reused(let stage, let record):
        state.done.insert(stage)
        state.running.removeAll { $0.name == stage }
        if stageCount <= Self.mostNamed {
          say(stage, Console.dim("reused \(Display.short(record.key))"), &state)
        }
      case .finished(let stage, let record, let seconds):
        state.done.insert(stage)
        state.running.removeAll { $0.name == stage }
        let figures = record.figures.map { "\($0.name) \(Display.figure($0))" }
        let summary = figures.isEmpty ? "" : "  \(figures.joined(separator: ", "))"
        say(stage, "\(Console.green("done")) in \(Display.duration(seconds))\(summary)", &state)
        for warning in record.warnings {
          say(stage, Console.yellow("warning: ") + Console.printable(warning), &state)
        }
      case .failed(let stage, _):
        state.running.removeAll { $0.name == stage }
        say(stage, Console.red("failed"), &state)
      case .retrying(let stage, let error, let left):
        state.running.removeAll { $0.name == stage }
        let text = Console.yellow("failed, tried again (\(left) more): ")
        say(stage, text + Display.firstLine(of: error), &state)
      case .waiting(let stage, let other):
        say(stage, Console.dim("waits for \(Console.printable(other, limit: 200))"), &state)
      case .notice(let text):
        clear(&state)
        Console.warn(text)
      case .healing(let stage):
        state.running.removeAll { $0.name == stage }
        say(stage, Console.yellow("an input is damaged; it is made again"), &state)
      case .changed(let stage, let outputs):
        let names = outputs.map { "'\($0)'" }.joined(separator: ", ")
        say(stage, Console.yellow("came out different from its record: \(names)"), &state)
      }
      paint(&state, now)
    }
  }

  /// A line that stays.
  private func say(_ stage: String, _ text: String, _ state: inout State) {
    clear(&state)
    Console.sayError("\(padded(stage))  \(text)")
  }

  private func padded(_ name: String) -> String {
    let shown = Console.printable(name)
    return shown + String(repeating: " ", count: max(0, nameWidth - shown.count))
  }

  private func clear(_ state: inout State) {
    guard state.liveLines > 0 else { return }
    // Up over the live lines, then erase to the end of the screen.
    Console.write("\u{1B}[\(state.liveLines)A\u{1B}[J", to: STDERR_FILENO)
    state.liveLines = 0
    state.lastPaint = nil
  }

  /// Draws one line for each running stage and one for the whole run, at most ten times a second.
  private func paint(_ state: inout State, _ now: ContinuousClock.Instant) {
    guard isLive, state.lastPaint.map({ now - $0 >= .milliseconds(100) }) ?? true else { return }
    clear(&state)
    let width = max(20, Console.width - 1)
    for (name, running) in state.running {
      let line = "\(padded(name))  \(describe(running, now))"
      Console.sayError(String(line.prefix(width)))
    }
    Console.sayError(Console.dim("\(state.done.count) of \(stageCount) stages done"))
    state.liveLines = state.running.count + 1
    state.lastPaint = now
  }

  /// `██████░░░░ epoch 7/20  24,310 samples/s  12 s left`
  private func describe(_ running: Running, _ now: ContinuousClock.Instant) -> String {
    guard let it = running.progress, it.total > 0 else { return "running" }
    let elapsed = max(1e-3, (now - running.start) / .seconds(1))
    let rate = Double(it.done) / elapsed
    let fraction = min(1, Double(it.done) / Double(it.total))
    let full = Int(fraction * 20)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
    let left = rate > 0 ? "  \(Display.duration(Double(it.total - it.done) / rate)) left" : ""
    let speed =
      it.unit == "bytes" ? Display.bytes(Int(rate)) : "\(Display.count(Int(rate))) \(it.unit)"
    return "\(bar) \(it.stepName) \(it.step)/\(it.steps)  \(speed)/s\(left)"
  }
}
