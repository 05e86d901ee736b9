import Dispatch
import Documents
import FoundationEssentials
import Glibc
import Store

/// The child's side of the job contract.
public enum StageProcess {
  /// Runs the job described by the file at `path` and reports through its events.
  ///
  /// - Returns: whether the stage succeeded: every output is written and `done` was said.
  /// - Throws: ``EngineError`` when the job file itself cannot be read.
  public static func run(jobFile path: String, kinds: KindRegistry) async throws -> Bool {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw EngineError.system("read", path: path, errno: errno)
    }
    let job = try Job(value: Value(canonical: [UInt8](bytes)), path: path)
    if let parent = job.parent { endWithParent(parent) }
    // Until the process ends; waits for the one of a run that was killed.
    let work = try job.partial.map { try PartialWork(in: PartialFolder(path: $0)) }
    defer { withExtendedLifetime(work) {} }
    let events = try EventWriter(path: job.eventsPath)
    do {
      guard let kind = kinds.kind(named: job.kind), kind.version == job.version else {
        throw EngineError.otherKindVersion(job.kind, version: job.version)
      }
      try await kind.run(resolved: job.config, StageContext(job: job, events: events))
      events.write(.done)
      return true
    } catch {
      let localized = error as? any LocalizedError
      events.write(
        .failure(
          localized?.errorDescription ?? "\(error)", fix: localized?.recoverySuggestion))
      return false
    }
  }

  /// Ends this process soon after `parent` is gone, so that a killed run leaves nothing computing.
  ///
  /// `PR_SET_PDEATHSIG` would follow the parent's *thread*, which ends earlier than the parent.
  private static func endWithParent(_ parent: Int32) {
    DispatchQueue(label: "parent watch").async {
      while getppid() == parent { usleep(200_000) }
      _exit(1)
    }
  }
}
