import Documents

extension Store {
  /// Records a result in one step: takes in copies of its outputs, files or folders by name, and the
  /// preimage; then the record that `make` makes of them. Those of several threads share their syncs.
  ///
  /// An earlier result under the same key is forgotten. If this throws, nothing is recorded.
  ///
  /// - Throws: what `make` throws; `StoreError` else.
  @discardableResult
  public func record(
    outputs: [String: String], preimage: [UInt8],
    make: (_ outputs: [String: Content], _ preimage: Digest) throws -> Record
  ) throws -> Record {
    try whileShared {
      let intake = Intake(self)
      var contents: [String: Content] = [:]
      for (name, path) in outputs.sorted(by: { $0.key < $1.key }) {
        contents[name] = try add(path, to: intake)
      }
      let stored = try intake.add(preimage)
      let record = try make(contents, stored.digest)
      let needed = [record.preimage] + record.outputs.values.map(\.digest)
      let bytes = record.document.canonicalBytes
      let document = Document(digest: try intake.addDocument(bytes), bytes: bytes)
      let recipe = Recipe(preimage: preimage)
      let trees = intake.trees
      var old: Digest?
      try intake.commit { db in
        try db.require(needed)
        for (tree, entries) in trees where try !db.hasEntries(tree) {
          try db.saveEntries(entries, of: tree)
        }
        old = try db.result(record.key)
        try db.save(record, as: document, recipe: recipe)
      }
      if let old, old != document.digest { Folder.remove(recordFolder.path(of: old)) }
      trace("result-recorded")
      return record
    }
  }
}
