import Glibc

extension Store {
  /// Stores the bytes.
  public func put(bytes: [UInt8]) throws -> Content {
    try whileShared {
      let intake = Intake(self)
      let content = try intake.add(bytes)
      try intake.commit()
      return content
    }
  }

  /// Stores a copy of the file. A link is not followed, and refused like anything that is no file.
  public func put(fileAt path: String) throws -> Content {
    try whileShared {
      let source = try OpenFile.reading(path)
      let intake = Intake(self)
      let content = try intake.add(source, name: path)
      try intake.commit()
      return content
    }
  }

  /// Stores a copy of the folder with all that is in it: plain files and folders, nothing else.
  public func put(folderAt path: String) throws -> Content {
    try whileShared {
      let intake = Intake(self)
      let content = try add(openFolder(path), to: intake, depth: 1)
      try intake.commit()
      return content
    }
  }

  /// Makes sure that the store has a copy of the file or folder.
  ///
  /// What has not changed since it was read last, by its size, inode, modification and change times,
  /// is not read again; of a folder that means everything in it. Changes made through a mapping that
  /// was written to before leave no trace until the kernel writes the page out: with `paranoid`
  /// everything is read.
  public func put(at path: String, paranoid: Bool = false) throws -> Content {
    try whileShared {
      let appearance = Appearance(path)
      if !paranoid, let known = try appearance.flatMap(lastContent), try isIntact(known) {
        return known
      }
      let intake = Intake(self)
      let content = try add(path, to: intake)
      guard let row = appearance?.row(for: content) else {
        try intake.commit()
        return content
      }
      if try intake.hasSomethingToCommit() {
        try intake.commit { try $0.save(row) }
      } else {
        // All is stored: a full disk, or one that cannot be written, does not matter.
        try? index.write { try $0.save(row) }
      }
      return content
    }
  }

  /// What was read there last, if nothing has changed since.
  private func lastContent(_ appearance: Appearance) throws -> Content? {
    let row = try index.read { try $0.source(device: appearance.device, inode: appearance.inode) }
    return row.flatMap { $0.listing == appearance.listing ? $0.content : nil }
  }

  /// What ``put(at:paranoid:)`` would return; stores none of it.
  public func content(at path: String, paranoid: Bool = false) throws -> Content {
    let appearance = Appearance(path)
    if !paranoid, let known = try appearance.flatMap(lastContent) { return known }
    let intake = Intake(self, isDry: true)
    let content = try add(path, to: intake)
    if let row = appearance?.row(for: content) { try? index.write { try $0.save(row) } }
    return content
  }

  /// Adds the file, or the folder with all that is in it.
  func add(_ path: String, to intake: Intake) throws -> Content {
    try isFolder(path)
      ? add(openFolder(path), to: intake, depth: 1)
      : intake.add(OpenFile.reading(path), name: path)
  }

  private func isFolder(_ path: String) throws -> Bool {
    guard let status = try FileStatus.at(path) else {
      throw StoreError.system("open", path: path, errno: ENOENT)
    }
    return status.kind == .folder
  }

  private func openFolder(
    _ path: String, name: String? = nil, in parent: Int32? = nil
  ) throws(StoreError) -> OpenFile {
    do throws(StoreError) {
      return try OpenFile(path, O_RDONLY | O_DIRECTORY, name: name, in: parent)
    } catch .system(_, _, ENOTDIR) {
      throw .notPlain(path, try FileStatus.at(path)?.kind ?? .file)
    } catch .system(_, _, ELOOP) {
      throw .notPlain(path, .link)
    }
  }

  private func add(
    _ folder: OpenFile, to intake: Intake, depth: Int
  ) throws -> Content {
    guard depth <= Self.greatestDepth else { throw StoreError.tooDeep(folder.path) }
    var entries: [Tree.Entry] = []
    for bytes in try Folder.names(in: folder) {
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw StoreError.nameNotUTF8(folder: folder.path)
      }
      let content = try add(name, of: folder, to: intake, depth: depth)
      entries.append(Tree.Entry(name: name, content: content))
    }
    return try intake.add(Tree(ordered: entries))
  }

  private func add(
    _ name: String, of parent: OpenFile, to intake: Intake, depth: Int
  ) throws -> Content {
    let path = "\(parent.path)/\(name)"
    var status = stat()
    guard fstatat(parent.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw StoreError.system("lstat", path: path, errno: errno)
    }
    switch FileKind(mode: status.st_mode) {
    case .folder:
      let folder = try openFolder(path, name: name, in: parent.descriptor)
      return try add(folder, to: intake, depth: depth + 1)
    case .file:
      let file = try OpenFile.reading(path, name: name, in: parent.descriptor)
      return try intake.add(file, name: name, in: parent.descriptor)
    case let kind: throw StoreError.notPlain(path, kind)
    }
  }
}

extension Appearance {
  /// What to remember of it; nothing if a change could go unnoticed.
  fileprivate func row(for content: Content) -> SourceRow? {
    guard isSettled else { return nil }
    return SourceRow(device: device, inode: inode, listing: listing, content: content)
  }
}
