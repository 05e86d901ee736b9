import Glibc

/// Reads an archive, front to back: each entry has to be what the writer would have written, and where
/// it stands there.
final class ArchiveReader {
  let path: String
  let file: OpenFile
  /// Of the whole archive, when it was opened.
  let sizeInBytes: Int
  private(set) var position = 0

  init(_ path: String) throws {
    self.path = path
    do {
      file = try OpenFile.reading(path)
    } catch StoreError.system(_, _, let code) {
      throw BundleError.unreadable(path, errno: code)
    }
    sizeInBytes = try file.status().size
  }

  var rest: Int { sizeInBytes - position }

  /// The next so many bytes.
  func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= rest else { throw BundleError.endsEarly(path) }
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let more = try file.read(
          into: UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count]))
        guard more > 0 else { throw BundleError.endsEarly(path) }
        filled += more
      }
    }
    position += count
    return bytes
  }

  /// Takes the header, which has to be this one.
  func take(_ header: TarHeader) throws {
    let block = try bytes(min(TarHeader.blockSize, rest))
    guard block == header.bytes else {
      throw BundleError.unexpectedEntry(
        path, expected: header.name, found: Self.describe(block, expected: header))
    }
    guard header.size <= rest else { throw BundleError.endsEarly(path) }
  }

  /// Takes a header of that name, whatever the size of its file, up to `most`.
  func header(named name: String, atMost most: Int) throws -> TarHeader {
    let block = try bytes(min(TarHeader.blockSize, rest))
    guard let header = TarHeader(bytes: block), header.name == name else {
      throw BundleError.unexpectedEntry(
        path, expected: name,
        found: Self.describe(block, expected: TarHeader(name: name, size: 0)))
    }
    guard header.size <= most else {
      throw BundleError.tooLarge(path, entry: name, size: header.size, most: most)
    }
    guard header.size <= rest else { throw BundleError.endsEarly(path) }
    return header
  }

  /// What the file of the header is; its bytes are passed over.
  func content(of header: TarHeader) throws -> Content {
    let content = try file.content(upTo: header.size)
    position += content.size
    guard content.size == header.size else { throw BundleError.endsEarly(path) }
    return content
  }

  func takePadding(of header: TarHeader) throws {
    guard try bytes(header.padding).allSatisfy({ $0 == 0 }) else {
      throw BundleError.malformedEnd(path, of: header.name)
    }
  }

  /// Takes the end of the archive, which is the end of its file.
  func takeEnd() throws {
    for _ in 0..<2 {
      let block = try bytes(min(TarHeader.blockSize, rest))
      guard block.count == TarHeader.blockSize else { throw BundleError.endsEarly(path) }
      guard block.allSatisfy({ $0 == 0 }) else {
        throw BundleError.unexpectedEntry(
          path, expected: nil, found: TarHeader.describe(block))
      }
    }
    guard rest == 0 else { throw BundleError.trailingBytes(path, count: rest) }
  }

  /// The same name in another header says little.
  private static func describe(_ block: [UInt8], expected: TarHeader) -> String {
    let found = TarHeader.describe(block)
    return found == "the file '\(expected.name)'" ? "another header of it" : found
  }
}
