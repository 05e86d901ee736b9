import CXXHash
import Glibc

extension OpenFile {
  /// Small enough to stay in the processor's cache between reading, hashing and writing.
  private static let chunkSize = 1 << 18

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
  func content() throws(StoreError) -> Content {
    var hasher = ContentHasher()
    try forEachChunk { hasher.update($0) }
    return hasher.finish()
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
    var hasher = ContentHasher()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      guard count > 0 else { return hasher.finish() }
      let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      hasher.update(chunk)
      try other.write(chunk)
    }
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
