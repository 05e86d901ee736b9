import Documents
import GRDB

extension Store {
  /// Keeps the target, with all that it leads to, from collection and eviction, under the name.
  ///
  /// A pin of that name is moved. The pin is a document in `records/`: it outlives the index.
  /// - Throws: `StoreError.malformedPinName`, and `.unknownRun`, `.unknownKey` or `.unknownObject`
  ///   when there is no such target.
  @discardableResult
  public func pin(name: String, _ target: PinTarget) throws -> Pin {
    let pin = try Pin(name: name, target: target)
    try whileShared {
      let content = try index.read { try Self.content(of: target, $0) }
      let contents = content.map { Set([$0]) } ?? []
      let trees = try newTrees(below: contents, needed: contents)
      try write(pin.document(content: content), about: .pin(name), needing: []) { db, document in
        _ = try Self.content(of: target, db)
        for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
        try db.save(pin, as: document)
      }
    }
    return pin
  }

  /// The content of a pinned object; checks that the target is there.
  private static func content(of target: PinTarget, _ db: Database) throws -> Content? {
    let text = target.digest.description
    switch target {
    case .run(let hash): if try db.run(hash) == nil { throw StoreError.unknownRun(text) }
    case .result(let key): if try db.result(key) == nil { throw StoreError.unknownKey(text) }
    case .object(let digest):
      guard let row = try db.object(digest) else { throw StoreError.unknownObject(text) }
      return row.content
    }
    return nil
  }

  /// Lets go of what the pin kept.
  ///
  /// - Throws: `StoreError.unknownPin`.
  public func unpin(name: String) throws {
    try whileShared {
      let document = try index.write { db in
        guard let document = try db.pin(name) else { throw StoreError.unknownPin(name) }
        try db.deletePin(name)
        return document
      }
      Folder.remove(recordFolder.path(of: document))
    }
  }

  /// All pins, by name.
  public func pins() throws -> [Pin] {
    try index.read { try $0.pins() }.map { try Pin(name: $0.name, target: $0.target) }
  }
}
