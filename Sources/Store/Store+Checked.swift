extension Store {
  /// The path of a file's object, for reading in place, after its bytes were checked.
  ///
  /// Whoever shows it to a program does so read-only: see ``deliver(_:to:readOnly:)`` for a copy.
  /// - Throws: `StoreError.missing` or `.damaged`.
  public func checkedPath(of content: Content) throws -> String {
    try reading(content.digest) { file in
      let size = try file.status().size
      guard size == content.size else {
        throw StoreError.damaged(content.digest, .size(expected: content.size, found: size))
      }
      let digest = try file.digest()
      guard digest == content.digest else {
        throw StoreError.damaged(content.digest, .bytes(found: digest))
      }
    }
    return objectFolder.path(of: content.digest)
  }
}
