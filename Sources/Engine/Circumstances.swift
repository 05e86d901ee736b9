import Store
import Synchronization

/// What is to be known of the surroundings of a run in which something is computed. It is looked up beside
/// the computing.
final class Circumstances: Sendable {
  struct Found: Sendable {
    var repository: Origin.Repository?
    var executable: Content?
  }

  private let store: Store
  private let repository: RepositoryProbe?
  private let executable: String?
  private let task = Mutex<Task<Found, Never>?>(nil)

  /// Without a `folder` no repository is looked for.
  init(store: Store, folder: String?, scratch: String, options: RunOptions, occasion: Occasion) {
    self.store = store
    executable = occasion.executable
    repository = folder.map {
      RepositoryProbe(folder: $0, scratch: scratch, searchPath: options.searchPath)
    }
  }

  /// Begins to look, the first time.
  func look() {
    task.withLock { task in
      task =
        task
        ?? Task.detached { [store, repository, executable] in
          // Neither is worth a failed run.
          let kept = try? await offPool { try executable.map { try store.put(at: $0) } }
          return Found(
            repository: await repository?.repository(in: store), executable: kept ?? nil)
        }
    }
  }

  /// Ends the looking.
  func giveUp() async {
    let task = task.withLock { $0 }
    task?.cancel()
    _ = await task?.value
  }

  /// What was found; nothing if nobody looked.
  func found() async -> Found { await task.withLock { $0 }?.value ?? Found() }
}
