import GRDB

extension Database {
  /// Whether an object of this size is known; reads the whole table, for large objects only.
  func hasObject(ofSize size: Int) throws -> Bool {
    try number("SELECT 1 FROM object WHERE size = ? LIMIT 1", [size]) == 1
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
    try eachWhile(
      """
      SELECT digest, sha256, size, modified, changed, inode FROM object
      WHERE digest BETWEEN ? AND ? ORDER BY digest
      """, [first.digest, last.digest]
    ) { columns in
      let digest = try columns.digest(0)
      guard contents[place].digest <= digest else { return true }
      let known = try ObjectRow(digest, columns)
      repeat {
        // One that was passed has no row.
        guard contents[place].digest == digest, try body(contents[place], known) else {
          return false
        }
        place += 1
      } while place < contents.count && contents[place].digest <= digest
      return place < contents.count
    }
    return place == contents.count
  }

  /// Whether so many objects are a good part of all.
  private func isLarge(_ count: Int) throws -> Bool {
    let pages = try number("PRAGMA page_count")
    // Some thirty rows a page, and a look-up costs as much as passing a dozen of them.
    return count > 64 && count > pages * 30 / 12
  }
}

extension ObjectRow {
  /// Of a file, whatever it stands for.
  fileprivate init(_ digest: Digest, _ columns: Columns) throws {
    let size = try columns.integer(2)
    guard size >= 0 else { throw DatabaseError.senselessRow }
    self.init(
      content: Content(
        digest: digest, sha256: try columns.sha256(1), size: size, kind: .file),
      stamp: try columns.stamp(3))
  }
}
