import Glibc

/// Writes an archive, front to back, and says what it wrote. Its SHA-256 is computed on the way, on a
/// thread of its own.
///
/// The file gets its name when all of it is durable, and never replaces another; until then it has
/// another name beside, and is removed if it is not finished.
final class ArchiveWriter {
  private let path: String
  private let scratchPath: String
  private let file: OpenFile
  private let whole = SideHasher()
  private var size = 0
  private var isFinished = false

  /// - Throws: `StoreError.destinationExists`, `.system`.
  init(_ path: String) throws(StoreError) {
    guard try FileStatus.at(path) == nil else { throw .destinationExists(path) }
    self.path = path
    scratchPath = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
    file = try OpenFile(scratchPath, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
  }

  deinit { if !isFinished { unlink(scratchPath) } }

  func add(_ name: String, _ bytes: [UInt8]) throws {
    let header = TarHeader(name: name, size: bytes.count)
    try write(header.bytes)
    try write(bytes)
    try write([UInt8](repeating: 0, count: header.padding))
  }

  /// Adds an object from its file, checked on the way.
  ///
  /// - Returns: what its bytes were; where they are not the content's the archive is of no use.
  func add(_ name: String, _ content: Content, from source: OpenFile) throws -> Content {
    let header = TarHeader(name: name, size: content.size)
    try write(header.bytes)
    let found = try source.content(upTo: content.size) { chunk throws(StoreError) in
      try write(chunk)
    }
    try write([UInt8](repeating: 0, count: header.padding))
    return found
  }

  /// Ends the archive, makes it durable and gives it its name.
  func finish() throws -> (sizeInBytes: Int, sha256: SHA256) {
    try write([UInt8](repeating: 0, count: TarHeader.endSize))
    try file.sync()
    try file.close()
    guard GNUCalls.renameKeeping(scratchPath, path) == 0 else {
      throw errno == EEXIST
        ? StoreError.destinationExists(path) : .system("rename", path: path, errno: errno)
    }
    isFinished = true
    try Folder.sync(Folder.parent(of: path))
    return (size, whole.finish())
  }

  private func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      let buffer = whole.next()
      let count = min(rest.count, buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
      whole.submit(count)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    try file.write(bytes)
    size += bytes.count
  }
}
