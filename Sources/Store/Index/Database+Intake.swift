import Foundation
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
    let rows = try Row.fetchCursor(
      try cachedStatement(
        sql: """
          SELECT digest, sha256, size, modified, changed, inode FROM object
          WHERE digest BETWEEN ? AND ? ORDER BY digest
          """), arguments: [first.digest.blob, last.digest.blob])
    var place = 0
    while place < contents.count, let row = try rows.next() {
      let digest = try Digest(row, 0)
      guard contents[place].digest >= digest else { return false }
      guard contents[place].digest == digest else { continue }
      let known = try ObjectRow(digest, row)
      while place < contents.count, contents[place].digest == digest {
        guard try body(contents[place], known) else { return false }
        place += 1
      }
    }
    return place == contents.count
  }

  /// Whether so many objects are a good part of all.
  private func isLarge(_ count: Int) throws -> Bool {
    let pages = try Int.fetchOne(cachedStatement(sql: "PRAGMA page_count")) ?? 0
    // Some thirty rows a page, and a look-up costs as much as passing a dozen of them.
    return count > 64 && count > pages * 30 / 12
  }
}

extension ObjectRow {
  /// Of a file, whatever it stands for; columns are read without trusting their types.
  fileprivate init(_ digest: Digest, _ row: Row) throws {
    let sha256 = try row.withUnsafeData(atIndex: 1) { data in
      guard let data, data.count == 32 else { throw DatabaseError.senselessRow }
      return data.withUnsafeBytes { SHA256(copying: $0) }
    }
    guard let size = (row[2] as Int64?).flatMap(Int.init(exactly:)), size >= 0,
      let modified = row[3] as Int64?, let changed = row[4] as Int64?,
      let inode = row[5] as Int64?
    else { throw DatabaseError.senselessRow }
    self.init(
      content: Content(digest: digest, sha256: sha256, size: size, kind: .file),
      stamp: FileStatus.Stamp(modified: modified, changed: changed, inode: inode))
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
