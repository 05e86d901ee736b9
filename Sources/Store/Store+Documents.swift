import Documents
import GRDB

/// The documents in `records/`. They are kept apart from the objects, so that no file of a user's
/// can pass for a result when the index is built again.
extension Store {
  /// The document of that digest, from its file; `nil` if it is missing or damaged, which is a miss.
  private func bytes(ofFile digest: Digest) throws -> [UInt8]? {
    let path = recordFolder.path(of: digest)
    guard let file = try OpenFile.readingIfThere(path) else { return nil }
    let bytes = try file.bytes()
    guard Digest(hashing: bytes) == digest else {
      try quarantine.take(path, as: digest.description)
      return nil
    }
    return bytes
  }

  /// The document that the index has in whole, or else its file; checked against its digest.
  func document(_ digest: Digest, in known: Document?) throws -> Value? {
    if let known, Digest(hashing: known.bytes) == digest {
      return try? Value(recorded: known.bytes)
    }
    return try bytes(ofFile: digest).flatMap { try? Value(recorded: $0) }
  }

  /// Writes a document, durably, and then runs `record` in a transaction that points to it. Writes
  /// nothing if it is recorded already.
  ///
  /// - Throws: `StoreError.missing` when one of the `needed` objects is not stored.
  func write(
    _ value: Value, about subject: Subject, needing needed: [Digest],
    record: (Database, Document) throws -> Void
  ) throws {
    let bytes = value.canonicalBytes
    let document = Document(digest: Digest(hashing: bytes), bytes: bytes)
    if try isRecorded(document, about: subject, needing: needed) { return }
    let intake = Intake(self)
    _ = try intake.addDocument(bytes)
    var old: Digest?
    try withoutActuallyEscaping(record) { record in
      try intake.commit { db in
        try Self.require(needed, db)
        old = try db.document(of: subject)
        try record(db, document)
      }
    }
    if let old, old != document.digest { Folder.remove(recordFolder.path(of: old)) }
  }

  /// Whether the document is the one recorded for its subject, and its file is sound.
  private func isRecorded(
    _ document: Document, about subject: Subject, needing needed: [Digest]
  ) throws -> Bool {
    let known = try index.read { db in
      try Self.require(needed, db)
      return try db.document(of: subject)
    }
    return try known == document.digest && bytes(ofFile: document.digest) != nil
  }

  /// Makes the documents durable; nothing points to them yet.
  func writeFiles(_ documents: [[UInt8]]) throws {
    let intake = Intake(self)
    for bytes in documents { _ = try intake.addDocument(bytes) }
    try intake.commit()
  }

  /// - Throws: `StoreError.missing` when one of the objects is not stored.
  static func require(_ objects: [Digest], _ db: Database) throws {
    for digest in objects where try db.object(digest) == nil { throw StoreError.missing(digest) }
  }
}
