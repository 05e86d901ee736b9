import Foundation
import Glibc

extension OpenFile {
  /// Small enough to stay in the processor's cache between reading, hashing and writing.
  private static let chunkSize = 1 << 18

  /// From here on a second thread for the SHA-256 is worth its while.
  static let largeSize = 1 << 22

  /// Hands the bytes from here on to `body`, piece by piece: all, or so many at most.
  func forEachChunk(
    upTo most: Int = .max, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 64)
    defer { buffer.deallocate() }
    var rest = most
    while rest > 0 {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(rest)))
      guard count > 0 else { return }
      rest -= count
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The content of the bytes from here on.
  func content() throws(StoreError) -> Content { try passing { _ throws(StoreError) in } }

  /// The content of so many bytes from here on, or of those that there are; `body` has them, too.
  func content(
    upTo most: Int, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) -> Content { try passing(upTo: most, body) }

  /// The same, while the disk writes what it has not written yet. The call that has it begin takes as
  /// long as the writing, so it is made on a thread of its own.
  func contentWhileWriting() throws(StoreError) -> Content {
    let (descriptor, done) = (descriptor, DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      GNUCalls.startWriting(descriptor)
      done.signal()
    }
    defer { done.wait() }
    return try content()
  }

  /// Hands the bytes from here on to `body`, all or so many at most, and says what they were.
  private func passing(
    upTo most: Int = .max, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) -> Content {
    if try min(most, status().size) >= Self.largeSize { return try passingLarge(upTo: most, body) }
    var hasher = ContentHasher()
    try forEachChunk(upTo: most) { chunk throws(StoreError) in
      hasher.update(chunk)
      try body(chunk)
    }
    return hasher.finish()
  }

  private func passingLarge(
    upTo most: Int, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) -> Content {
    let side = SideHasher()
    var digest = DigestHasher()
    while true {
      let buffer = side.next()
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(most - digest.size))
      let count = rest.isEmpty ? 0 : try read(into: rest)
      guard count > 0 else {
        side.giveBack()
        return Content(
          digest: digest.finish(), sha256: side.finish(), size: digest.size, kind: .file)
      }
      // Handed over at once, and only read from here: both threads may.
      side.submit(count)
      let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      digest.update(chunk)
      try body(chunk)
    }
  }

  /// The digest alone of the bytes from here on: fifteen times as fast as ``content()``.
  func digest() throws(StoreError) -> Digest {
    var hasher = DigestHasher()
    try forEachChunk { hasher.update($0) }
    return hasher.finish()
  }

  /// Copies the bytes from here on, and says what they were: what is hashed is what is written.
  func copy(to other: OpenFile) throws(StoreError) -> Content {
    // A clone is the other's own by now: it is what is hashed.
    if try status().size >= Self.largeSize, clone(to: other) { return try other.content() }
    return try passing { chunk throws(StoreError) in try other.write(chunk) }
  }

  /// The same for a file that is known well: its digest alone, at the speed of memory.
  func copyKnown(to other: OpenFile) throws(StoreError) -> Digest {
    if try status().size >= Self.largeSize, clone(to: other) { return try other.digest() }
    var hasher = DigestHasher()
    try forEachChunk { chunk throws(StoreError) in
      hasher.update(chunk)
      try other.write(chunk)
    }
    return hasher.finish()
  }

  /// Shares the blocks with the other file, where the file system can: `false` where it cannot. Both
  /// stay files of their own.
  private func clone(to other: OpenFile) -> Bool {
    // FICLONE of linux/fs.h.
    ioctl(other.descriptor, 0x4004_9409, descriptor) == 0
  }

  /// All bytes from here on, and what they are.
  func bytes() throws -> [UInt8] {
    let size = try status().size
    var bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let more = try read(into: rest)
        guard more > 0 else { return }
        count += more
      }
    }
    // A file that grows while it is read.
    if bytes.count == size { try forEachChunk { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
