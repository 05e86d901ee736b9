import Documents

extension Store {
  /// Records a result in one step: takes in copies of its outputs, files or folders by name, and the
  /// preimage; then the record that `make` makes of them. Those of several threads share their syncs.
  ///
  /// An earlier result under the same key is forgotten. If this throws, nothing is recorded.
  ///
  /// With `consuming` the outputs are the store's to take: files that nobody else can write any more
  /// are moved instead of copied, and whether this throws or not, what is left of them is of no use.
  ///
  /// - Throws: what `make` throws; `StoreError` else.
  @discardableResult
  public func record(
    outputs: [String: String], preimage: [UInt8], consuming: Bool = false,
    make: (_ outputs: [String: Content], _ preimage: Digest) throws -> Record
  ) throws -> Record {
    try whileShared {
      let intake = Intake(self, takes: consuming && !Self.overlap(outputs.values))
      var contents: [String: Content] = [:]
      for (name, path) in outputs.sorted(by: { $0.key < $1.key }) {
        contents[name] = try add(path, to: intake)
      }
      let stored = try intake.add(preimage)
      let record = try make(contents, stored.digest)
      let outputs = record.isEvicted ? [] : Array(record.outputs.values)
      let needed = [record.preimage] + outputs.map(\.digest)
      let recipe = Recipe(preimage: preimage)
      // Folders that are stored by now; those on their way are known to the intake.
      let trees = try newTrees(below: Content.referred(in: record.document), needed: [])
      let bytes = record.document.canonicalBytes
      let document = Document(digest: try intake.addDocument(bytes), bytes: bytes)
      var old: Digest?
      try intake.commit { db in
        try Self.require(needed, db)
        old = try db.result(record.key)
        for tree in trees { try db.saveEntries(tree.entries, of: tree.digest) }
        for (tree, entries) in intake.trees where try !db.hasEntries(tree) {
          try db.saveEntries(entries, of: tree)
        }
        try db.save(record, as: document, recipe: recipe)
      }
      if let old, old != document.digest { Folder.remove(recordFolder.path(of: old)) }
      trace("result-recorded")
      return record
    }
  }

  /// Whether one of the paths is another, or leads into it: what the one takes the other would miss.
  private static func overlap(_ paths: some Collection<String>) -> Bool {
    // Ended by a slash, a folder comes right before what is in it.
    let sorted = paths.map { Array("\($0)/".utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    return zip(sorted, sorted.dropFirst()).contains { $1.starts(with: $0) }
  }
}
