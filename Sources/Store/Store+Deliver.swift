import Glibc

extension Store {
  /// Copies the file or folder to `path`, where nothing may stand yet. Files get mode 0644, folders
  /// 0755. They are checked while they are copied, and never links: nobody can reach an object
  /// through them.
  ///
  /// - Throws: `StoreError.missing` or `.damaged`; nothing is left at `path` then.
  public func deliver(_ content: Content, to path: String) throws {
    guard try FileStatus.at(path) == nil else { throw StoreError.destinationExists(path) }
    try whileShared {
      do {
        try deliver(content, to: path, depth: 1)
      } catch StoreError.destinationExists(path) {
        // Somebody else was faster; it is theirs.
        throw StoreError.destinationExists(path)
      } catch {
        Folder.remove(path)
        throw error
      }
    }
  }

  private func deliver(_ content: Content, to path: String, depth: Int) throws {
    switch content.kind {
    case .file: try deliverFile(content, to: path)
    case .tree:
      guard depth <= Self.greatestDepth else { throw StoreError.tooDeep(path) }
      guard mkdir(path, 0o755) == 0, chmod(path, 0o755) == 0 else {
        throw errno == EEXIST
          ? StoreError.destinationExists(path) : .system("mkdir", path: path, errno: errno)
      }
      for entry in try tree(content).entries {
        try deliver(entry.content, to: "\(path)/\(entry.name)", depth: depth + 1)
      }
    }
  }

  private func deliverFile(_ content: Content, to path: String) throws {
    try reading(content.digest) { source in
      let copy = try create(path)
      try check(try source.copy(to: copy), is: content.digest, expecting: content)
      try copy.setMode(0o644)
      try copy.close()
    }
  }

  private func create(_ path: String) throws(StoreError) -> OpenFile {
    do throws(StoreError) {
      return try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    } catch .system(_, _, EEXIST) {
      throw .destinationExists(path)
    }
  }

  /// The list of a folder whose content is known.
  func tree(_ content: Content) throws -> Tree {
    do {
      return try Tree(bytes: try verifiedBytes(of: content.digest, expecting: content))
    } catch StoreError.malformedDocument {
      throw StoreError.notATree(content.digest)
    }
  }
}
