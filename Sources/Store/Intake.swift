import GRDB
import Glibc

/// Takes bytes in: hashes them, and writes those that the store does not have into scratch files.
///
/// Nothing is visible before ``commit(_:)``; what is not committed leaves nothing but scratch.
final class Intake {
  /// Files up to this size are read once and held, so that many are looked up together.
  static let smallSize = 1 << 17
  private static let mostWaitingBytes = 1 << 20
  private static let mostWaiting = 256

  private let store: Store
  /// Only says what the contents would be.
  private let isDry: Bool
  /// Whether files are moved, where nobody else can write them any more.
  private var takes: Bool
  /// Written, in this order; handed over to the commit.
  private var pending: [Commit.Item] = []
  private var isMany: Bool { written > Commit.fewFiles }
  /// Open from before the first write: an error that strikes between the two is told to those who
  /// had it open.
  private var root: OpenFile?
  private var scratch: WorkFolder?
  private var written = 0
  /// Hashed, but not looked up yet.
  private var waiting: [Waiting] = []
  private var waitingBytes = 0
  /// What was added before, and is looked up no more.
  private var added: [Digest: SHA256] = [:]
  /// The lists added, with the digests in them.
  private(set) var trees: [Digest: [Digest]] = [:]
  private lazy var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: Self.smallSize + 1, alignment: 64)

  private struct Waiting {
    let content: Content
    /// What is to be written, unless it was moved here.
    let bytes: [UInt8]
    let taken: Taken?
  }

  /// A file that was moved into the scratch folder.
  private struct Taken {
    let number: Int
    /// Open while there are few.
    let file: OpenFile?
  }

  /// With `takes` files are moved into the store rather than copied, where nobody else can write
  /// them any more.
  init(_ store: Store, isDry: Bool = false, takes: Bool = false) {
    self.store = store
    self.isDry = isDry
    self.takes = takes
  }

  deinit {
    scratch?.remove()
    buffer.deallocate()
  }

  // MARK: Adding

  /// Adds the file, which has that name in the folder, or a copy of it, unless the store has it
  /// already.
  func add(_ source: OpenFile, name: String, in folder: Int32 = AT_FDCWD) throws -> Content {
    let number = try takes ? take(source, name: name, in: folder) : nil
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let more = try source.read(into: rest)
      guard more > 0 else {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        guard let number else { return try addSmall(Content(hashing: bytes)) { Array(bytes) } }
        if isMany { try source.awaitWriting() }
        let taken = Taken(number: number, file: isMany ? nil : source)
        return try addSmall(Content(hashing: bytes), taken: taken)
      }
      count += more
    }
    try source.rewind()
    if let number { return try addLarge(Taken(number: number, file: source), source) }
    return try addLarge(source)
  }

  /// Adds the bytes, unless the store has them already.
  func add(_ bytes: [UInt8], kind: Content.Kind = .file) throws -> Content {
    try addSmall(Content(hashing: bytes, kind: kind)) { bytes }
  }

  /// Adds what `write` writes, which it has made sure is the content; unless the store has it already:
  /// then `false`.
  func add(_ content: Content, _ write: (OpenFile) throws -> Void) throws -> Bool {
    if try wasAdded(content) || store.has(content) { return false }
    _ = try self.write(as: .object) { file in
      try write(file)
      return content
    }
    return true
  }

  /// Adds what was moved here, or else the `bytes`, which are held until they are written.
  private func addSmall(
    _ content: Content, taken: Taken? = nil, bytes: () -> [UInt8] = { [] }
  ) throws -> Content {
    if isDry { return content }
    if try wasAdded(content) {
      remove(taken)
      return content
    }
    let held = bytes()
    waiting.append(Waiting(content: content, bytes: held, taken: taken))
    waitingBytes += held.count
    if waitingBytes > Self.mostWaitingBytes || waiting.count >= Self.mostWaiting { try flush() }
    return content
  }

  private func addLarge(_ source: OpenFile) throws -> Content {
    if isDry { return try source.content() }
    let size = try source.status().size
    // Reading twice is cheaper than writing once what is there already.
    if try store.index.read({ try $0.hasObject(ofSize: size) }) {
      let digest = try source.digest()
      try source.rewind()
      if try store.standing(digest) != nil {
        let content = try source.content()
        if content.digest == digest, try wasAdded(content) || store.has(content) { return content }
        try source.rewind()
      }
    }
    let content = try write(as: .object) { try source.copy(to: $0) }
    if try wasAdded(content) { pending.removeLast() }
    return content
  }

  private func addLarge(_ taken: Taken, _ source: OpenFile) throws -> Content {
    let content = try source.contentWhileWriting()
    if try wasAdded(content) || store.has(content) {
      remove(taken)
    } else {
      try keep(taken, as: content)
    }
    return content
  }

  /// Whether these bytes have been added before; notes that they are now.
  private func wasAdded(_ content: Content) throws -> Bool {
    guard let sha256 = added.updateValue(content.sha256, forKey: content.digest) else {
      return false
    }
    guard sha256 == content.sha256 else {
      throw StoreError.twin(content.digest, has: sha256, offered: content.sha256)
    }
    return true
  }

  /// Adds the folder's list, and remembers what is in it.
  func add(_ tree: Tree) throws -> Content {
    let content = try add(tree.bytes, kind: .tree)
    trees[content.digest] = tree.entries.map(\.content.digest)
    return content
  }

  /// Adds the document to the records.
  func addDocument(_ bytes: [UInt8]) throws -> Digest {
    // Objects first: see ``Commit``.
    try flush()
    let content = Content(hashing: bytes)
    return try write(as: .document) { file in
      try bytes.withUnsafeBytes { try file.write($0) }
      return content
    }.digest
  }

  // MARK: Taking

  /// Moves the file to where only we reach it, and says under which number.
  ///
  /// `nil` if it has to be copied: somebody else has it open for writing or mapped, it has another
  /// name, is another user's, or cannot be moved.
  private func take(_ source: OpenFile, name: String, in folder: Int32) throws -> Int? {
    let (number, path) = try newFile()
    guard GNUCalls.renameKeeping(name, in: folder, path) == 0 else {
      // What holds for one mostly holds for all: on another file system, say.
      takes = false
      return nil
    }
    store.trace("take \(path)")
    // First that nobody writes, then that no other name leads to it: from then on nobody else can.
    if source.hasNoWriters, try source.isOnly(at: path) {
      try source.setMode(0o444)
      return number
    }
    Folder.remove(path)
    return nil
  }

  /// A file that was moved here becomes the object.
  private func keep(_ taken: Taken, as content: Content) throws {
    try append(
      Commit.Item(content: content, number: taken.number, place: .object, file: taken.file))
  }

  private func remove(_ taken: Taken?) {
    if let taken, let scratch { unlink("\(scratch.path)/\(taken.number)") }
  }

  // MARK: Writing

  /// Looks up what waits, all at once, and writes what the store does not have.
  private func flush() throws {
    let rows = try store.index.read { db in try waiting.map { try db.object($0.content.digest) } }
    for (new, row) in zip(waiting, rows) {
      if try store.has(new.content, row: row) {
        remove(new.taken)
      } else if let taken = new.taken {
        try keep(taken, as: new.content)
      } else {
        _ = try write(as: .object) { file in
          try new.bytes.withUnsafeBytes { try file.write($0) }
          return new.content
        }
      }
    }
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  private func write(
    as place: Commit.Item.Place, _ body: (OpenFile) throws -> Content
  ) throws -> Content {
    let (number, path) = try newFile()
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    let content = try body(file)
    try file.setMode(0o444)
    store.trace("write \(path)")
    try append(Commit.Item(content: content, number: number, place: place, file: file))
    return content
  }

  /// The number and the path of a file that is to be made in the scratch folder.
  private func newFile() throws -> (number: Int, path: String) {
    root = try root ?? OpenFile(store.objectFolder.path, O_RDONLY | O_DIRECTORY)
    defer { written += 1 }
    return (written, try newPath(written))
  }

  private func newPath(_ number: Int) throws -> String {
    let scratch = try self.scratch ?? store.makeWorkFolder()
    self.scratch = scratch
    return "\(scratch.path)/\(number)"
  }

  private func append(_ item: Commit.Item) throws {
    pending.append(item)
    // Many are synced together: none of them needs to stay open.
    guard isMany else { return }
    for index in pending.indices.reversed() {
      guard let file = pending[index].file else { break }
      try file.awaitWriting()
      try file.close()
      pending[index].file = nil
    }
  }

  // MARK: Committing

  /// Whether something was added that the store does not have.
  func hasSomethingToCommit() throws -> Bool {
    try flush()
    return !pending.isEmpty
  }

  /// Makes everything added durable and visible, and runs `record` in the transaction that tells the
  /// index of it; nothing is left to do when this returns.
  func commit(_ record: ((Database) throws -> Void)? = nil) throws {
    defer { scratch?.remove() }
    try flush()
    guard !pending.isEmpty || record != nil else { return }
    try store.committer.commit(
      Commit.Member(
        items: pending, in: scratch?.path ?? "", root: root, isMany: isMany, record: record),
      of: store)
  }
}
