import Glibc

/// Takes bytes in: writes them, makes them durable, gives them their names, then tells the index.
///
/// Any number of objects go through the steps together, so that many small ones cost a few syncs;
/// the order of the steps never changes. What is not committed leaves nothing but scratch.
final class Intake {
  /// Beyond this many files one sync of the file system is cheaper than one for each.
  private static let fewFiles = 4

  private let store: Store
  private let folder: ObjectFolder
  /// Only says what the contents would be.
  private let isDry: Bool
  private var pending: [Pending] = []
  private var added: Set<Content> = []
  private var scratch: WorkFolder?

  private struct Pending {
    let content: Content
    let path: String
    /// Open while there are few.
    let file: OpenFile
  }

  init(_ store: Store, into folder: ObjectFolder, isDry: Bool = false) {
    self.store = store
    self.isDry = isDry
    self.folder = folder
  }

  deinit { scratch?.remove() }

  /// Adds a copy of the file, unless the store has it already.
  func add(_ source: OpenFile) throws -> Content {
    if isDry { return try source.content() }
    // Reading twice is cheaper than writing once what is there already.
    let digest = try source.digest()
    try source.rewind()
    if try store.standing(digest) != nil {
      let content = try source.content()
      if content.digest == digest, try isKnown(content) { return content }
      try source.rewind()
    }
    return try write { file in try source.copy(to: file) }
  }

  /// Adds the bytes, unless the store has them already.
  func add(_ bytes: [UInt8], kind: Content.Kind = .file) throws -> Content {
    let content = Content(hashing: bytes, kind: kind)
    if try isDry || isKnown(content) { return content }
    return try write { file in
      try bytes.withUnsafeBytes { try file.write($0) }
      return content
    }
  }

  private func isKnown(_ content: Content) throws -> Bool {
    if added.contains(content.of(kind: .file)) { return true }
    guard folder.path == store.objectFolder.path else { return false }
    return try store.has(content)
  }

  private func write(_ body: (OpenFile) throws -> Content) throws -> Content {
    let scratch = try self.scratch ?? store.makeWorkFolder()
    self.scratch = scratch
    let path = "\(scratch.path)/\(pending.count)"
    let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    let content = try body(file)
    try file.setMode(0o444)
    store.trace("write \(path)")
    pending.append(Pending(content: content, path: path, file: file))
    added.insert(content.of(kind: .file))
    if pending.count > Self.fewFiles { try closeAll() }
    return content
  }

  private func closeAll() throws(StoreError) {
    for item in pending { try item.file.close() }
  }

  /// Makes everything added durable and visible; nothing is left to do when this returns.
  func commit() throws {
    defer { scratch?.remove() }
    guard !pending.isEmpty else { return }
    try sync()
    store.trace("object-written")
    try rename()
    store.trace("object-renamed")
    guard folder.path == store.objectFolder.path else { return }
    try store.enter(pending.map(\.content))
  }

  private func sync() throws {
    if pending.count > Self.fewFiles {
      try syncFileSystem()
    } else {
      for item in pending {
        try item.file.sync()
        store.trace("sync \(item.path)")
      }
      try closeAll()
    }
  }

  private func rename() throws {
    // The parent, too: whoever made the folders in it may not have come to sync it.
    var folders: Set<String> = [folder.path]
    for item in pending {
      let parent = folder.folder(of: item.content.digest)
      try Folder.makeOne(parent)
      try store.place(item.path, as: item.content, in: folder)
      store.trace("rename \(folder.path(of: item.content.digest))")
      folders.insert(parent)
    }
    if folders.count > Self.fewFiles {
      try syncFileSystem()
    } else {
      for folder in folders.sorted(by: >) {
        try Folder.sync(folder)
        store.trace("sync-folder \(folder)")
      }
    }
  }

  private func syncFileSystem() throws {
    let root = try OpenFile(folder.path, O_RDONLY | O_DIRECTORY)
    try root.syncFileSystem()
    store.trace("sync-all")
  }
}
