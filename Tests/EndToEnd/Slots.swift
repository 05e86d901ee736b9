/// Bounds how many programs the tests run at once: all of them start together, and a process can have only so
/// many files open before Foundation's own way of starting programs breaks.
actor Slots {
  static let shared = Slots()

  private var free = 64
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Runs `body` in one of the slots.
  nonisolated func using<T>(_ body: () async throws -> T) async throws -> T {
    await take()
    do {
      let result = try await body()
      await giveBack()
      return result
    } catch {
      await giveBack()
      throw error
    }
  }

  private func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
