import Glibc

extension Store {
  /// The object's bytes, all of them, checked against its name and what the index knows of it.
  ///
  /// - Throws: `StoreError.missing` or `.damaged`; a damaged object is in quarantine then.
  public func bytes(of digest: Digest) throws -> [UInt8] {
    try verifiedBytes(of: digest, expecting: try index.read { try $0.object(digest) }?.content)
  }

  /// The list of the folder that the object stands for.
  ///
  /// - Throws: `StoreError.notATree` where it stands for none, else as ``bytes(of:)``.
  public func tree(of digest: Digest) throws -> Tree {
    let bytes = try bytes(of: digest)
    do {
      return try Tree(bytes: bytes)
    } catch {
      throw StoreError.notATree(digest)
    }
  }

  /// Reads an object that should be `expected`, or at least have its digest.
  func verifiedBytes(of digest: Digest, expecting expected: Content?) throws -> [UInt8] {
    try reading(digest) { file in
      let size = try file.status().size
      if let expected, size != expected.size {
        throw StoreError.damaged(digest, .size(expected: expected.size, found: size))
      }
      let bytes = try file.bytes()
      try check(Content(hashing: bytes), is: digest, expecting: expected)
      return bytes
    }
  }

  /// Opens an object's file for `body`; what proves to be missing or damaged is taken out of use.
  func reading<T>(_ digest: Digest, _ body: (OpenFile) throws -> T) throws -> T {
    let path = objectFolder.path(of: digest)
    do {
      do {
        let file = try OpenFile.reading(path)
        return try body(file)
      } catch StoreError.notPlain(path, let kind) {
        throw StoreError.damaged(digest, .notAFile(kind))
      } catch StoreError.system("open", path, ENOENT), StoreError.system("open", path, ENOTDIR) {
        throw StoreError.missing(digest)
      }
    } catch let error as StoreError where error.isDamage {
      try discard(digest)
      throw error
    }
  }

  /// - Throws: `StoreError.damaged` when the content found in the object's place is not the object.
  func check(_ found: Content, is digest: Digest, expecting expected: Content?) throws {
    if let expected, found.size != expected.size {
      throw StoreError.damaged(digest, .size(expected: expected.size, found: found.size))
    }
    guard found.digest == digest else {
      throw StoreError.damaged(digest, .bytes(found: found.digest))
    }
    if let expected, found.sha256 != expected.sha256 {
      throw StoreError.damaged(digest, .twin(found: found.sha256))
    }
  }
}

extension Store {
  /// The first byte in which an object differs from one of another store; where one ends, if it is the
  /// beginning of the other. They are read piece by piece, and not checked.
  ///
  /// - Throws: `StoreError.missing`.
  public func firstDifference(
    of digest: Digest, from other: Digest, in store: Store
  ) throws -> Int {
    let size = 1 << 20
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * size, alignment: 64)
    defer { room.deallocate() }
    let pieces = [
      UnsafeMutableRawBufferPointer(rebasing: room[..<size]),
      UnsafeMutableRawBufferPointer(rebasing: room[size...]),
    ]
    return try reading(digest) { one in
      try store.reading(other) { two in
        var place = 0
        while true {
          let counts = [try one.fill(pieces[0]), try two.fill(pieces[1])]
          let shorter = min(counts[0], counts[1])
          if let found = (0..<shorter).first(where: { pieces[0][$0] != pieces[1][$0] }) {
            return place + found
          }
          place += shorter
          if shorter < size { return place }
        }
      }
    }
  }
}

extension OpenFile {
  /// Reads until the buffer is full or the file ends.
  fileprivate func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    var count = 0
    while count < buffer.count {
      let more = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if more == 0 { break }
      count += more
    }
    return count
  }
}
