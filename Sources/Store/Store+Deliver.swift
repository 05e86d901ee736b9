import Glibc

extension Store {
  /// Copies the file or folder to `path`, where nothing may stand yet. Files get mode 0644, folders
  /// 0755; with `readOnly` 0444 and 0555. They are checked while they are copied, and never links:
  /// nobody can reach an object through them.
  ///
  /// - Throws: `StoreError.missing` or `.damaged`; nothing is left at `path` then.
  public func deliver(_ content: Content, to path: String, readOnly: Bool = false) throws {
    guard try FileStatus.at(path) == nil else { throw StoreError.destinationExists(path) }
    try whileShared {
      let delivery = try Delivery(self, readOnly: readOnly)
      do {
        try delivery.deliver(content, to: path)
      } catch StoreError.destinationExists(path) {
        // Somebody else was faster; it is theirs.
        throw StoreError.destinationExists(path)
      } catch {
        Folder.remove(path)
        throw error
      }
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

/// One delivery, with the buffer that all its files go through.
private final class Delivery {
  private let store: Store
  private let readOnly: Bool
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: Intake.smallSize + 1, alignment: 64)

  init(_ store: Store, readOnly: Bool) throws {
    self.store = store
    self.readOnly = readOnly
  }

  deinit { buffer.deallocate() }

  private var fileMode: mode_t { readOnly ? 0o444 : 0o644 }

  /// `path` is for messages where a folder is given, to which the name is relative.
  func deliver(
    _ content: Content, to path: String, name: String? = nil, in folder: Int32 = AT_FDCWD,
    depth: Int = 1
  ) throws {
    switch content.kind {
    case .file: try deliverFile(content, to: path, name: name ?? path, in: folder)
    case .tree: try deliverFolder(content, to: path, name: name ?? path, in: folder, depth: depth)
    }
  }

  private func deliverFolder(
    _ content: Content, to path: String, name: String, in parent: Int32, depth: Int
  ) throws {
    guard depth <= Store.greatestDepth else { throw StoreError.tooDeep(path) }
    guard retrying({ mkdirat(parent, name, 0o755) }) == 0 else {
      throw errno == EEXIST
        ? StoreError.destinationExists(path) : .system("mkdir", path: path, errno: errno)
    }
    let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY, name: name, in: parent)
    for entry in try store.tree(content).entries {
      try Task.checkCancellation()
      try deliver(
        entry.content, to: "\(path)/\(entry.name)", name: entry.name, in: folder.descriptor,
        depth: depth + 1)
    }
    // Last, and whatever the mask says: nothing can be made in a folder that is read-only.
    try folder.setMode(readOnly ? 0o555 : 0o755)
  }

  private func deliverFile(
    _ content: Content, to path: String, name: String, in folder: Int32
  ) throws {
    try store.reading(content.digest) { source in
      let copy = try create(path, name: name, in: folder)
      if content.size <= Intake.smallSize {
        try copySmall(source, to: copy, expecting: content)
      } else {
        try copyLarge(source, to: copy, expecting: content)
      }
      try copy.setMode(fileMode)
      try copy.close()
    }
  }

  private func copySmall(
    _ source: OpenFile, to copy: OpenFile, expecting content: Content
  ) throws {
    var count = 0
    while count < buffer.count {
      let more = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if more == 0 { break }
      count += more
    }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    try store.check(Content(hashing: bytes), is: content.digest, expecting: content)
    try copy.write(bytes)
  }

  /// A file that looks as it did when both its digests were known to be right can only have been
  /// damaged by the disk, and the XXH3-128 finds that; what anybody may have touched is checked by
  /// its SHA-256, too.
  private func copyLarge(
    _ source: OpenFile, to copy: OpenFile, expecting content: Content
  ) throws {
    let row = try store.index.read { try $0.object(content.digest) }
    let status = try source.status()
    guard let row, row.content.hasSameBytes(as: content), row.stamp == status.stamp,
      status.size == content.size
    else {
      return try store.check(
        try source.copy(to: copy), is: content.digest, expecting: content)
    }
    let found = try source.copyKnown(to: copy)
    guard found == content.digest, try source.status().stamp == status.stamp else {
      throw StoreError.damaged(content.digest, .bytes(found: found))
    }
  }

  private func create(
    _ path: String, name: String, in folder: Int32
  ) throws(StoreError) -> OpenFile {
    do throws(StoreError) {
      return try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600, name: name, in: folder)
    } catch .system(_, _, EEXIST) {
      throw .destinationExists(path)
    }
  }
}
