extension Store {
  /// Reads everything and names what is damaged.
  ///
  /// Damaged objects and files that belong to nothing go to quarantine; what an interruption left
  /// unrecorded is entered. Nothing good is removed, and results stay recorded: they are computed
  /// again when they are next needed, or forgotten by ``repair(_:)``.
  /// `progress` is told how many of the bytes have been read.
  ///
  /// - Returns: the damage, in the order of the paths; empty if all is well.
  public func verify(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Damage] {
    try whileShared {
      try index.read(Index.check)
      let verification = Verification(self)
      try verification.readObjects(progress)
      try verification.readRecords()
      return try verification.damage()
    }
  }

  /// The same of these things, and all that they lead to: a run to its results and external files, a
  /// result to its outputs and its preimage, a folder to what is in it.
  public func verify(
    _ targets: [PinTarget], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Damage] {
    try whileShared {
      let (objects, documents) = try index.read { db in
        (try db.objects(below: targets), try db.documents(of: targets))
      }
      let verification = Verification(self)
      try verification.readObjects(objects, progress)
      try verification.readRecords(documents)
      return try verification.damage()
    }
  }

  /// Forgets the results that need something damaged, so that they are computed again.
  ///
  /// - Returns: their keys, in order.
  public func repair(_ damage: [Damage]) throws -> [Digest] {
    let keys = Set(damage.flatMap(\.keys)).sorted()
    for key in keys { try forget(key: key) }
    return keys
  }
}
