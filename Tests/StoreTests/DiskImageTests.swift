import Foundation
import Glibc
import Store
import Testing

/// A power cut on a real file system: its image is copied when a process has been killed, before
/// anything else is written to it, and the copy is mounted.
@Suite(.enabled(if: DiskImage.canBeHad, "needs root, mkfs.ext4 and a loop device"))
struct DiskImageTests {
  private let scratch = Scratch()
  private let exercise: Exercise

  init() throws { exercise = try Exercise(in: scratch) }

  @Test func `what a power cut leaves on a disk verifies, and is completed`() throws {
    let empty = try #require(DiskImage(formatting: "\(scratch.path)/empty"))
    let first = try #require(DiskImage(copying: empty, to: "\(scratch.path)/first"))
    let outcome = try #require(try first.mounted { try exercise("\($0)/cache") })
    try #require(outcome.status == 0, "\(outcome.message)")
    let total = try #require(Int(outcome.struck[1]))
    // After the end, too: what was reported done is there.
    let stride = Exercise.stride(otherwise: 97)
    for number in Swift.stride(from: 1 + stride / 2, through: total, by: stride) + [total + 1] {
      let disk = try #require(DiskImage(copying: empty, to: "\(scratch.path)/disk-\(number)"))
      let cut = "\(scratch.path)/cut-\(number)"
      let struck = try disk.mounted { path in
        let struck = try exercise("\(path)/cache", .before, number: number).struck
        _ = DiskImage(copying: disk, to: cut)
        return struck
      }
      let comment: Comment = "cut at \(struck ?? [])"
      let image = DiskImage(path: cut)
      let isDone: Void? = try image.mounted { path in
        let cache = "\(path)/cache"
        if Scratch.exists("\(cache)/objects") {
          let store = try Store(at: cache, create: false)
          #expect(try store.verify() == [], comment)
          if number > total { #expect(try store.runs().count == 1) }
        }
        Exercise.remove(delivered: cache)
        let again = try exercise(cache)
        #expect(again.status == 0, "\(comment): \(again.message)")
        #expect(try Store(at: cache, create: false).verify() == [], comment)
        #expect(Scratch.names("\(cache)/work") == [".lock"], comment)
      }
      try #require(isDone != nil, "the copy could not be mounted: \(comment)")
    }
  }
}

/// A file that holds an ext4 file system.
struct DiskImage {
  static let canBeHad: Bool = {
    let scratch = Scratch()
    guard Mount.isAllowed, let image = DiskImage(formatting: "\(scratch.path)/image") else {
      return false
    }
    return image.mounted { _ in } != nil
  }()

  let path: String

  init(path: String) { self.path = path }

  init?(formatting path: String) {
    self.path = path
    guard Mount.run(["truncate", "-s", "16M", path]), Mount.run(["mkfs.ext4", "-q", "-F", path])
    else {
      return nil
    }
  }

  init?(copying other: DiskImage, to path: String) {
    self.path = path
    guard Mount.run(["cp", "--sparse=always", other.path, path]) else { return nil }
  }

  /// Runs `body` with the place where it is mounted; `nil` if it cannot be.
  func mounted<T>(_ body: (String) throws -> T) rethrows -> T? {
    let mount = Mount(["-o", "loop", path], at: "\(path).mounted")
    return try mount.map { mount in try withExtendedLifetime(mount) { try body(mount.path) } }
  }
}
