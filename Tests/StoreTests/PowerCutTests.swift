import Corpus
import Glibc
import Store
import Testing

/// A power cut at any point leaves a store that verifies, and in which the same work done again ends
/// the same; what a command has reported done is there.
///
/// A process is killed at one of its system calls, and of its files only so much is left as a
/// file system must keep: what was synced, with whatever else it may have come to write. The model
/// needs inodes whose numbers do not come again, as they are in memory.
@Suite(.enabled(if: access("/dev/shm", W_OK) == 0, "needs /dev/shm")) struct PowerCutTests {
  /// What is lost of all that was not synced.
  enum Loss: CaseIterable {
    case all, bytes, names, some
  }

  private let scratch = Scratch()
  private let exercise: Exercise
  /// The folder that the store is made in, which is there for good.
  private let root: String
  private let durable: String
  private var cache: String { "\(root)/cache" }

  init() throws {
    exercise = try Exercise(in: scratch)
    root = "\(scratch.path)/root"
    durable = "\(scratch.path)/durable"
  }

  private func run(_ fault: Exercise.Fault? = nil, number: Int = 0) throws -> Exercise.Outcome {
    for folder in [root, durable] {
      Scratch.remove(folder)
      mkdir(folder, 0o755)
    }
    return try exercise(cache, fault, number: number, durable: (root, durable))
  }

  @Test func `what a command has done is there after a power cut`() throws {
    try #require(try run().status == 0)
    // The same keys, other results: an index that is believed to be whole must not know the old ones.
    Exercise.remove(delivered: cache)
    for index in 0..<12 { try scratch.write([UInt8(index), 2], to: "in/\(index)") }
    let outcome = try exercise(cache, durable: (root, durable))
    try #require(outcome.status == 0, "\(outcome.message)")
    let expected = try Store(at: cache, create: false)
    for loss in Loss.allCases {
      let left = "\(scratch.path)/left"
      try PowerCut(of: root, durable: durable, loss, seed: 1).leave(at: left)
      let store = try Store(at: "\(left)/cache", create: false)
      #expect(try store.verify() == [], "\(loss)")
      // And files whose removal was not synced.
      #expect(try Set(store.objects()).isSuperset(of: expected.objects()))
      #expect(try store.records() == expected.records())
      #expect(try store.runs() == expected.runs())
      Scratch.remove(left)
    }
  }

  @Test(arguments: Loss.allCases)
  func `a power cut at any call loses nothing that was there, and leaves nothing half there`(
    loss: Loss
  ) throws {
    let outcome = try run()
    try #require(outcome.status == 0, "\(outcome.message)")
    let total = try #require(Int(outcome.struck[1]))
    let whole = try Store(at: cache, create: false)
    let expected = try (objects: whole.objects(), records: whole.records())
    let stride = Exercise.stride(otherwise: 97)
    for number in Swift.stride(from: 1 + stride / 2, through: total, by: stride) {
      let comment: Comment = "\(loss) lost at \(try run(.before, number: number).struck)"
      let left = "\(scratch.path)/left"
      try PowerCut(of: root, durable: durable, loss, seed: UInt64(number)).leave(at: left)
      let cache = "\(left)/cache"
      if Scratch.exists("\(cache)/objects") {
        #expect(try Store(at: cache, create: false).verify() == [], comment)
      }
      Exercise.remove(delivered: cache)
      let again = try exercise(cache)
      #expect(again.status == 0, "\(comment): \(again.message)")
      let store = try Store(at: cache, create: false)
      #expect(try store.verify() == [], comment)
      #expect(try store.objects() == expected.objects, comment)
      #expect(try store.records() == expected.records, comment)
      #expect(Scratch.names("\(cache)/work") == [".lock"], comment)
      Scratch.remove(left)
    }
  }
}

/// What is left of a folder when the power goes.
private final class PowerCut {
  private struct Entry: Hashable {
    let inode: UInt64
    let isFolder: Bool
  }

  private let root: String
  /// Where `Faults/durable.c` has kept what was synced.
  private let durable: String
  private let loss: PowerCutTests.Loss
  private var random: SplitMix64
  /// Where each file is now, and which of them have kept bytes that were not synced.
  private var places: [UInt64: String] = [:]
  private var keepsBytes: [UInt64: Bool] = [:]

  init(of root: String, durable: String, _ loss: PowerCutTests.Loss, seed: UInt64) {
    self.root = root
    self.durable = durable
    self.loss = loss
    random = SplitMix64(seed: seed)
  }

  func leave(at destination: String) throws {
    let entry = try entry(root)
    try locate(root)
    try leave(entry, at: destination)
  }

  private func entry(_ path: String) throws -> Entry {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw Scratch.Failure(call: "lstat \(path)", code: errno)
    }
    return Entry(inode: UInt64(status.st_ino), isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }

  private func locate(_ path: String) throws {
    let entry = try entry(path)
    places[entry.inode] = path
    guard entry.isFolder else { return }
    for name in Scratch.names(path) { try locate("\(path)/\(name)") }
  }

  private func leave(_ entry: Entry, at destination: String) throws {
    guard entry.isFolder else {
      return try Scratch.overwrite(destination, with: bytes(of: entry.inode))
    }
    mkdir(destination, 0o755)
    let now = try entriesNow(entry.inode)
    let synced = try entriesSynced(entry.inode)
    for name in Set(now.keys).union(synced.keys).sorted() {
      let isKept =
        switch loss {
        case .all, .names: false
        case .bytes: true
        case .some: Bool.random(using: &random)
        }
      if let entry = isKept ? now[name] : synced[name] {
        try leave(entry, at: "\(destination)/\(name)")
      }
    }
  }

  private func entriesNow(_ folder: UInt64) throws -> [String: Entry] {
    guard let path = places[folder] else { return [:] }
    let entries = try Scratch.names(path).map { ($0, try entry("\(path)/\($0)")) }
    return Dictionary(uniqueKeysWithValues: entries)
  }

  private func entriesSynced(_ folder: UInt64) throws -> [String: Entry] {
    let list = "\(durable)/\(folder)"
    guard Scratch.exists(list) else { return [:] }
    let entries = try Scratch.read(list).split(separator: UInt8(ascii: "\n")).map { line in
      let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
      let inode = try #require(UInt64(words[0]))
      return (String(words[2]), Entry(inode: inode, isFolder: words[1] == "d"))
    }
    return Dictionary(uniqueKeysWithValues: entries)
  }

  private func bytes(of file: UInt64) throws -> [UInt8] {
    let isKept =
      switch loss {
      case .all, .bytes: false
      case .names: true
      case .some: keepsBytes[file] ?? Bool.random(using: &random)
      }
    keepsBytes[file] = isKept
    if isKept, let place = places[file] { return try Scratch.read(place) }
    let copy = "\(durable)/\(file)"
    return Scratch.exists(copy) ? try Scratch.read(copy) : []
  }
}
