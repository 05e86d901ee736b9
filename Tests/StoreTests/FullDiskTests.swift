import Store
import Testing

/// A disk that fills up in the midst of something, at whatever place: told, nothing half there, and
/// once there is space the same work succeeds.
@Suite(.enabled(if: Mount.isAllowed, "needs the right to mount"))
struct FullDiskTests {
  private let scratch = Scratch()
  private let exercise: Exercise
  private let disk: SmallDisk
  private var cache: String { "\(disk.path)/cache" }

  init() throws {
    exercise = try Exercise(in: scratch)
    disk = try #require(SmallDisk())
  }

  @Test(arguments: SmallDisk.Resource.allCases)
  func `a disk with too little space costs the work, not the store`(
    resource: SmallDisk.Resource
  ) throws {
    let before = try disk.free(resource)
    let whole = try exercise(cache)
    try #require(whole.status == 0, "\(whole.message)")
    let used = try before - disk.free(resource)
    #expect(used > 20)
    let store = try Store(at: cache, create: false)
    let expected = try (objects: store.objects(), records: store.records())
    Exercise.remove(cache)

    var failures = 0
    // In between more is needed than is left in the end.
    for free in stride(from: 0, through: 2 * used, by: Exercise.stride(otherwise: 11)) {
      let comment: Comment = "\(free) \(resource)"
      try disk.fill(resource, leaving: free)
      let outcome = try exercise(cache)
      #expect(!outcome.isKilled && [0, 1].contains(outcome.status), comment)
      if outcome.status == 1 {
        failures += 1
        #expect(outcome.message.hasPrefix("error: "), comment)
        #expect(outcome.message.contains(disk.path), "\(comment): \(outcome.message)")
        #expect(outcome.message.contains("o space left"), "\(comment): \(outcome.message)")
        #expect(try exercise.isDelivered(cache) || !Scratch.exists("\(cache).delivered"), comment)
      } else {
        #expect(outcome.message.isEmpty, comment)
      }
      disk.clear()
      Exercise.remove(delivered: cache)
      if Scratch.exists("\(cache)/objects") {
        #expect(try Store(at: cache, create: true).verify() == [], comment)
      }
      let again = try exercise(cache)
      #expect(again.status == 0, "\(comment): afterwards \(again.message)")
      let store = try Store(at: cache, create: false)
      #expect(try store.verify() == [], comment)
      #expect(try store.objects() == expected.objects, comment)
      #expect(try store.records() == expected.records, comment)
      #expect(Scratch.names("\(cache)/work") == [".lock"], comment)
      #expect(Scratch.names("\(cache)/quarantine").isEmpty, comment)
      Exercise.remove(cache)
    }
    #expect(failures > 0)
  }

  @Test func `a collection needs no space`() throws {
    let store = try Store(at: cache, create: true)
    let kept = try store.saveResult("kept", output: PutTests.bytes(10_000))
    for index in 0..<20 { _ = try store.put(bytes: PutTests.bytes(5_000, seed: UInt64(index))) }
    try disk.fill(.pages, leaving: 0)
    try disk.fill(.inodes, leaving: 0)
    let report = try store.collect()
    #expect(report.items.count == 20)
    #expect(try disk.free(.pages) >= 40)
    #expect(try store.verify() == [])
    #expect(try store.record(for: kept.key) == kept)
  }
}
