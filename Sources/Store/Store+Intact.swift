extension Store {
  /// Whether the file, or the folder with all that is in it, is there and sound.
  ///
  /// Cheap: a file whose size, times and inode are those recorded is believed, any other is read;
  /// lists of folders are always read. What is found damaged is put into quarantine. Whoever then
  /// uses the bytes checks them all the same.
  public func isIntact(_ content: Content) throws -> Bool {
    try whileShared {
      var level: [Content] = [content]
      var seen: Set<Content> = [content]
      while !level.isEmpty {
        let rows = try index.read { db in try level.map { try db.object($0.digest) } }
        for (content, row) in zip(level, rows) {
          guard let row, row.content.hasSameBytes(as: content), try stands(row) else {
            return false
          }
        }
        do {
          let entries = try level.filter { $0.kind == .tree }.flatMap { try tree($0).entries }
          level = entries.map(\.content).filter { seen.insert($0).inserted }
        } catch let error as StoreError where error.isDamage {
          return false
        }
      }
      return true
    }
  }
}
