import Dispatch
import Glibc
import Synchronization

/// Commits what several threads want committed at the same time in groups, which share their syncs
/// and their transaction.
///
/// One caller commits; those who come meanwhile wait, and go together in the next group, which the
/// first of them commits.
final class Committer: Sendable {
  /// Passed on under the lock of ``state``, and by its turn.
  private final class Place: @unchecked Sendable {
    let member: Commit.Member
    let turn = DispatchSemaphore(value: 0)
    var isDone = false

    init(_ member: Commit.Member) { self.member = member }
  }

  private struct State {
    var queue: [Place] = []
    var isBusy = false
    /// How many came to the last groups: they may be about to come again.
    var expected = 1
  }

  /// A group is held back for those who may come for no longer than half a commit takes.
  private static let longestDelay = (steps: 20, microseconds: useconds_t(50))

  private let state = Mutex(State())
  /// Folders that were synced by us: with their parents' names of them, they are there for good.
  private let synced = Mutex<Set<String>>([])

  func hasSynced(_ folder: String) -> Bool { synced.withLock { $0.contains(folder) } }
  func noteSynced(_ folders: Set<String>) { synced.withLock { $0.formUnion(folders) } }

  /// Commits the member, alone or with others.
  func commit(_ member: Commit.Member, of store: Store) throws {
    let place = Place(member)
    let isLeading = state.withLock { state in
      state.queue.append(place)
      defer { state.isBusy = true }
      return !state.isBusy
    }
    if !isLeading { place.turn.wait() }
    if !place.isDone { lead(store) }
    if let failure = member.failure { throw failure }
  }

  private func lead(_ store: Store) {
    for _ in 0..<Self.longestDelay.steps {
      guard state.withLock({ $0.queue.count < $0.expected }) else { break }
      usleep(Self.longestDelay.microseconds)
    }
    let group = state.withLock { state in
      defer { state.queue = [] }
      return state.queue
    }
    Commit(store: store, members: group.map(\.member))()
    let next = state.withLock { state in
      state.isBusy = !state.queue.isEmpty
      state.expected = group.count + state.queue.count
      return state.queue.first
    }
    for place in group {
      place.isDone = true
      place.turn.signal()
    }
    next?.turn.signal()
  }
}
