import CXXHash
import Glibc

extension OpenFile {
  /// Small enough to stay in the processor's cache between reading, hashing and writing.
  private static let chunkSize = 1 << 18

  /// From here on a second thread for the SHA-256 is worth its while.
  static let largeSize = 1 << 22

  /// Hands all bytes from here on to `body`, piece by piece.
  func forEachChunk(
    _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      guard count > 0 else { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The content of the bytes from here on.
  func content() throws(StoreError) -> Content { try passing { _ throws(StoreError) in } }

  /// Hands all bytes from here on to `body`, and says what they were.
  private func passing(
    _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) -> Content {
    if try status().size >= Self.largeSize { return try passingLarge(body) }
    var hasher = ContentHasher()
    try forEachChunk { chunk throws(StoreError) in
      hasher.update(chunk)
      try body(chunk)
    }
    return hasher.finish()
  }

  private func passingLarge(
    _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) -> Content {
    let hasher = SideHasher()
    while true {
      let buffer = hasher.next()
      let count = try read(into: buffer)
      guard count > 0 else {
        hasher.giveBack()
        return hasher.finish()
      }
      // Handed over at once, and only read from here: both threads may.
      hasher.submit(count)
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The digest alone of the bytes from here on: fifteen times as fast as ``content()``.
  func digest() throws(StoreError) -> Digest {
    guard let state = cxx_state_create() else { fatalError("digest: memory is out") }
    defer { cxx_state_free(state) }
    try forEachChunk { cxx_state_update(state, $0.baseAddress, $0.count) }
    return Digest(cxx_state_digest128(state))
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
    guard let state = cxx_state_create() else { fatalError("copy: memory is out") }
    defer { cxx_state_free(state) }
    try forEachChunk { chunk throws(StoreError) in
      cxx_state_update(state, chunk.baseAddress, chunk.count)
      try other.write(chunk)
    }
    return Digest(cxx_state_digest128(state))
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
