import Documents
import GRDB

/// The documents in `records/`. They are kept apart from the objects, so that no file of a user's
/// can pass for a result when the index is built again.
extension Store {
  /// The document of that digest; `nil` if it is missing or damaged, which is a miss.
  func document(_ digest: Digest) throws -> Value? {
    let path = recordFolder.path(of: digest)
    guard let file = try OpenFile.readingIfThere(path) else { return nil }
    let bytes = try file.bytes()
    guard Digest(hashing: bytes) == digest else {
      try quarantine.take(path, as: digest.description)
      return nil
    }
    return try? Value(canonical: bytes)
  }

  /// Writes a document, durably, and then runs `record` in a transaction that points to it. Writes
  /// nothing if `replacing` says that it is recorded already.
  ///
  /// - Returns: its digest, and the one that was recorded before.
  /// - Throws: `StoreError.missing` when one of the `needed` objects is not stored.
  func write(
    _ value: Value, needing needed: [Digest], replacing: (Database) throws -> Digest?,
    record: (Database, Digest) throws -> Void
  ) throws -> (document: Digest, old: Digest?) {
    let bytes = value.canonicalBytes
    let digest = Digest(hashing: bytes)
    let known = try index.read { db in
      try db.require(needed)
      return try replacing(db)
    }
    if known == digest, try document(digest) != nil { return (digest, digest) }
    let intake = Intake(self)
    _ = try intake.addDocument(bytes)
    var old: Digest?
    try withoutActuallyEscaping(replacing) { replacing in
      try withoutActuallyEscaping(record) { record in
        try intake.commit { db in
          try db.require(needed)
          old = try replacing(db)
          try record(db, digest)
        }
      }
    }
    return (digest, old)
  }
}
