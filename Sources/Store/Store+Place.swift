import GRDB
import Glibc

/// How objects get their names, and what happens when a name is taken.
extension Store {
  /// What the index and the file say together of the object: `nil` if it is not there, or was found
  /// damaged just now. A file whose stamp is the recorded one is believed; any other is read.
  func standing(_ digest: Digest) throws -> Content? {
    guard let row = try index.read({ try $0.object(digest) }) else { return nil }
    return try stands(row) ? row.content : nil
  }

  /// Whether the object's file is what the row says, by its stamp or else by its bytes.
  func stands(_ row: ObjectRow) throws -> Bool {
    let digest = row.content.digest
    let path = objectFolder.path(of: digest)
    guard let status = try FileStatus.at(path) else { return false }
    if status.kind == .file, status.size == row.content.size, status.stamp == row.stamp {
      return true
    }
    let found = try examine(path, as: digest)
    guard case .sound(let content, let stamp) = found, content.hasSameBytes(as: row.content) else {
      try discard(digest)
      return false
    }
    try index.write { try $0.save(ObjectRow(content: row.content, stamp: stamp)) }
    return true
  }

  /// Whether the store has exactly these bytes.
  ///
  /// - Throws: `StoreError.twin` when it has others under their name.
  func has(_ content: Content) throws -> Bool {
    try has(content, row: try index.read { try $0.object(content.digest) })
  }

  /// The same, of what the index says in `row`.
  func has(_ content: Content, row: ObjectRow?) throws -> Bool {
    guard let row, try stands(row) else { return false }
    let known = row.content
    if known.hasSameBytes(as: content) {
      if content.kind == .tree, known.kind != .tree {
        try index.write { try $0.markAsTree(content.digest) }
      }
      return true
    }
    // The row or the file is not what it should be: the bytes decide.
    guard let stamp = try settle(content, in: objectFolder) else { return false }
    try index.write { try $0.save(ObjectRow(content: content, stamp: stamp)) }
    return true
  }

  /// Moves a durable file to the name that its content gives it, unless it has been taken rightly.
  func place(_ path: String, as content: Content, in folder: ObjectFolder) throws {
    let place = folder.path(of: content.digest)
    while !(try move(path, to: place)) {
      if try settle(content, in: folder) != nil { return }
    }
  }

  /// Moves the file, never onto another: `false` if something stands there.
  private func move(_ path: String, to place: String) throws -> Bool {
    if GNUCalls.renameKeeping(path, place) == 0 { return true }
    switch errno {
    case EEXIST: return false
    case EINVAL, ENOSYS:
      // A file system that cannot. Of two at once one replaces the other by the same bytes.
      if try FileStatus.at(place) != nil { return false }
      guard rename(path, place) == 0 else {
        throw StoreError.system("rename", path: place, errno: errno)
      }
      return true
    default: throw StoreError.system("rename", path: place, errno: errno)
    }
  }

  /// The stamp of the file that has the content's name, if it has its bytes too; what is damaged is
  /// taken away.
  private func settle(
    _ content: Content, in folder: ObjectFolder
  ) throws -> FileStatus.Stamp? {
    let path = folder.path(of: content.digest)
    switch try examine(path, as: content.digest) {
    case .sound(let found, let stamp):
      guard found.hasSameBytes(as: content) else {
        throw StoreError.twin(content.digest, has: found.sha256, offered: content.sha256)
      }
      return stamp
    case .damaged: try quarantine.take(path, as: content.digest.description)
    case .missing: break
    }
    return nil
  }

  enum Finding {
    case sound(Content, FileStatus.Stamp)
    case damaged(Damage.Kind)
    case missing
  }

  /// Reads the file at the path, which should have the bytes that `digest` names.
  func examine(_ path: String, as digest: Digest) throws -> Finding {
    do {
      let file = try OpenFile.reading(path)
      let before = try file.status()
      let content = try file.content()
      guard content.digest == digest else { return .damaged(.bytes(found: content.digest)) }
      // The stamp from before: bytes that change while they are read are read again next time.
      return .sound(content, before.stamp)
    } catch StoreError.system(_, _, ENOENT) {
      return .missing
    } catch StoreError.notPlain(_, let kind) {
      return .damaged(.notAFile(kind))
    }
  }

  /// Takes what stands in the object's place out of use.
  func discard(_ digest: Digest) throws {
    try index.write { try $0.deleteObject(digest) }
    try quarantine.take(objectFolder.path(of: digest), as: digest.description)
  }

  /// Enters the objects among the items, which have their names, durably, into the index.
  ///
  /// - Returns: how many they are.
  func enter(_ items: [Commit.Item], _ db: Database) throws -> Int {
    var count = 0
    for item in items where item.place == .object {
      let path = objectFolder.path(of: item.content.digest)
      guard let status = try FileStatus.at(path), status.kind == .file else {
        throw StoreError.missing(item.content.digest)
      }
      try db.save(ObjectRow(content: item.content, stamp: status.stamp))
      count += 1
    }
    return count
  }
}
