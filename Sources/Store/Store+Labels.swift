extension Store {
  /// Notes of each key that it is now the newest under its name, such as `pipeline/stage`; all in one
  /// transaction.
  public func label(_ keys: [(name: String, key: Digest)]) throws {
    let changed = try index.read { db in
      try keys.filter { try db.keys(labelled: $0.name).first != $0.key }
    }
    guard !changed.isEmpty else { return }
    try index.write { db in
      for (name, key) in changed { try db.label(name, key) }
    }
  }
}
