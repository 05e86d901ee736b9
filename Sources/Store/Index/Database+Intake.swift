import GRDB

extension Database {
  /// Whether an object of this size is known; reads the whole table, for large objects only.
  func hasObject(ofSize size: Int) throws -> Bool {
    let statement = try cachedStatement(sql: "SELECT 1 FROM object WHERE size = ? LIMIT 1")
    return try Row.fetchOne(statement, arguments: [size]) != nil
  }

  /// Calls `body` with each of the contents, which are in the order of their digests, and its row,
  /// until it says no; `false` then, and when one has no row.
  ///
  /// Of many contents one pass over the table is made: a look-up for each would take several times
  /// as long.
  func forEachObject(
    of contents: [Content], _ body: (Content, ObjectRow) throws -> Bool
  ) throws -> Bool {
    guard let first = contents.first, let last = contents.last else { return true }
    guard try isLarge(contents.count) else {
      for content in contents {
        guard let row = try object(content.digest), try body(content, row) else { return false }
      }
      return true
    }
    var place = 0
    var goesOn = true
    try each(
      """
      SELECT digest, sha256, size, modified, changed, inode FROM object
      WHERE digest BETWEEN ? AND ? ORDER BY digest
      """, [first.digest.blob, last.digest.blob]
    ) { columns in
      let digest = try columns.digest(0)
      guard goesOn, place < contents.count, contents[place].digest <= digest else { return }
      let known = try ObjectRow(digest, columns)
      while goesOn, place < contents.count, contents[place].digest <= digest {
        // One that was passed has no row.
        goesOn = try contents[place].digest == digest && body(contents[place], known)
        place += 1
      }
    }
    return goesOn && place == contents.count
  }

  /// Whether so many objects are a good part of all.
  private func isLarge(_ count: Int) throws -> Bool {
    let pages = try Int.fetchOne(cachedStatement(sql: "PRAGMA page_count")) ?? 0
    // Some thirty rows a page, and a look-up costs as much as passing a dozen of them.
    return count > 64 && count > pages * 30 / 12
  }
}

extension ObjectRow {
  /// Of a file, whatever it stands for.
  fileprivate init(_ digest: Digest, _ columns: Columns) throws {
    let sha256 = try columns.bytes(1)
    let size = try columns.integer(2)
    guard sha256.count == 32, size >= 0 else { throw DatabaseError.senselessRow }
    let stamp = FileStatus.Stamp(
      modified: Int64(try columns.integer(3)), changed: Int64(try columns.integer(4)),
      inode: Int64(try columns.integer(5)))
    self.init(
      content: Content(digest: digest, sha256: SHA256(bytes: sha256), size: size, kind: .file),
      stamp: stamp)
  }
}

extension Digest {
  /// A column of 16 bytes; anything else is damage.
  init(_ row: Row, _ column: Int) throws {
    self = try row.withUnsafeData(atIndex: column) { data in
      guard let data, data.count == 16 else { throw DatabaseError.senselessRow }
      return Digest(bytes: data)
    }
  }
}
