import Glibc
import Store
import Testing

/// Each system call that changes something fails in each of its ways, or is the last one.
///
/// SQLite's calls are among them. Of all calls and ways every 97th is taken; `REPRO_FAULT_STRIDE=1`
/// takes every one.
@Suite struct FaultTests {
  private typealias Fault = Exercise.Fault

  private let scratch = Scratch()
  private let exercise: Exercise

  init() throws { exercise = try Exercise(in: scratch) }

  @Test(arguments: Exercise.Fault.striking)
  func `whatever call fails, nothing is lost, half there or untold`(fault: Exercise.Fault) throws {
    let whole = "\(scratch.path)/whole"
    let sound = try exercise(whole)
    #expect(sound.status == 0, "\(sound.message)")
    let total = try #require(Int(sound.struck[1]))
    #expect(total > 200)
    let expected = try Store(at: whole, create: false)

    let stride = Exercise.stride(otherwise: 97)
    var turn = 0
    for number in 1...total {
      for variant in 0..<fault.variants {
        turn += 1
        guard turn % stride == 0 else { continue }
        let cache = "\(scratch.path)/cache"
        let outcome = try exercise(cache, fault, number: number, variant: variant)
        try check(outcome, fault, cache, "\(fault) \(outcome.struck.joined(separator: " "))")

        Exercise.remove(delivered: cache)
        let again = try exercise(cache)
        #expect(again.status == 0, "\(fault) \(outcome.struck): afterwards \(again.message)")
        let store = try Store(at: cache, create: false)
        #expect(try store.verify().isEmpty, "\(fault) \(outcome.struck)")
        #expect(try store.objects() == expected.objects(), "\(fault) \(outcome.struck)")
        #expect(try store.records() == expected.records())
        #expect(Scratch.names("\(cache)/work") == [".lock"], "\(fault) \(outcome.struck)")
        #expect(Scratch.names("\(cache)/claims") == [".lock"])
        #expect(Scratch.names("\(cache)/quarantine").isEmpty, "\(fault) \(outcome.struck)")
        Exercise.remove(cache)
      }
    }
  }

  @Test func `interruptions and short writes, at every call that knows them, change nothing`()
    throws
  {
    let (whole, cache) = ("\(scratch.path)/whole", "\(scratch.path)/cache")
    #expect(try exercise(whole).status == 0)
    let outcome = try exercise(cache, .nuisance)
    #expect(outcome.status == 0, "\(outcome.message)")
    #expect(try exercise.isDelivered(cache))
    let (store, expected) = try (Store(at: cache, create: false), Store(at: whole, create: false))
    #expect(try store.verify() == [])
    #expect(try store.objects() == expected.objects())
    #expect(try store.records() == expected.records())
  }

  /// What holds at once, before anything is done again.
  private func check(
    _ outcome: Exercise.Outcome, _ fault: Fault, _ cache: String, _ comment: Comment
  ) throws {
    switch fault {
    case .nuisance: break
    case .before, .after:
      #expect(outcome.isKilled || outcome.struck[0] == "none", comment)
    case .error, .errors:
      #expect(!outcome.isKilled, comment)
      #expect(outcome.status == 0 || outcome.status == 1, comment)
      if outcome.status == 1 {
        // Where, and what: a path of the cache and a condition.
        #expect(outcome.message.hasPrefix("error: "), comment)
        #expect(outcome.message.contains(cache), "\(comment): \(outcome.message)")
        #expect(outcome.message.split(separator: ": ").count >= 3, "\(comment): \(outcome.message)")
      } else {
        #expect(outcome.message.isEmpty, "\(comment): \(outcome.message)")
      }
    }
    if Scratch.exists("\(cache)/objects") {
      let store = try Store(at: cache, create: true)
      #expect(try store.verify() == [], comment)
      let isWhole = try exercise.isDelivered(cache)
      // A killed process cleans nothing up; one that fails does.
      #expect(
        isWhole || !Scratch.exists("\(cache).delivered") || outcome.isKilled || fault == .errors,
        comment)
    }
  }
}
