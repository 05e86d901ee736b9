extension Store {
  /// Reads everything and names what is damaged.
  ///
  /// Damaged objects and files that belong to nothing go to quarantine; what an interruption left
  /// unrecorded is entered. Nothing good is removed, and results stay recorded: they are computed
  /// again when they are next needed, or forgotten by ``forget(key:)``.
  /// `progress` is told how many of the bytes have been read.
  ///
  /// - Returns: the damage, in the order of the paths; empty if all is well.
  public func verify(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Damage] {
    try whileShared {
      let verification = Verification(self)
      try verification.readObjects(progress)
      try verification.readRecords()
      try verification.followReferences()
      return try verification.damage()
    }
  }
}
