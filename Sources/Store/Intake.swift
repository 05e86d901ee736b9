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
  /// Written, in this order; handed over to the commit.
  private var pending: [Commit.Item] = []
  private var isMany: Bool { pending.count > Commit.fewFiles }
  /// Open from before the first write: an error that strikes between the two is told to those who
  /// had it open.
  private var root: OpenFile?
  private var scratch: WorkFolder?
  private var written = 0
  /// Hashed, but not looked up yet.
  private var waiting: [(content: Content, bytes: [UInt8])] = []
  private var waitingBytes = 0
  /// What was added before, and is looked up no more.
  private var added: [Digest: SHA256] = [:]
  /// The lists added, with the digests in them.
  private(set) var trees: [Digest: [Digest]] = [:]
  private lazy var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: Self.smallSize + 1, alignment: 64)

  init(_ store: Store, isDry: Bool = false) {
    self.store = store
    self.isDry = isDry
  }

  deinit {
    scratch?.remove()
    buffer.deallocate()
  }

  // MARK: Adding

  /// Adds a copy of the file, unless the store has it already.
  func add(_ source: OpenFile) throws -> Content {
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let more = try source.read(into: rest)
      guard more > 0 else {
        return try addSmall(UnsafeRawBufferPointer(rebasing: buffer[..<count]), kind: .file)
      }
      count += more
    }
    try source.rewind()
    return try addLarge(source)
  }

  /// Adds the bytes, unless the store has them already.
  func add(_ bytes: [UInt8], kind: Content.Kind = .file) throws -> Content {
    try bytes.withUnsafeBytes { try addSmall($0, kind: kind) }
  }

  private func addSmall(_ bytes: UnsafeRawBufferPointer, kind: Content.Kind) throws -> Content {
    let content = Content(hashing: bytes, kind: kind)
    if try isDry || wasAdded(content) { return content }
    waiting.append((content, Array(bytes)))
    waitingBytes += bytes.count
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

  // MARK: Writing

  /// Looks up what waits, all at once, and writes what the store does not have.
  private func flush() throws {
    let rows = try store.index.read { db in try waiting.map { try db.object($0.content.digest) } }
    for ((content, bytes), row) in zip(waiting, rows) where try !store.has(content, row: row) {
      _ = try write(as: .object) { file in
        try bytes.withUnsafeBytes { try file.write($0) }
        return content
      }
    }
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  private func write(
    as place: Commit.Item.Place, _ body: (OpenFile) throws -> Content
  ) throws -> Content {
    let root = try self.root ?? OpenFile(store.objectFolder.path, O_RDONLY | O_DIRECTORY)
    self.root = root
    let scratch = try self.scratch ?? store.makeWorkFolder()
    self.scratch = scratch
    let number = written
    let path = "\(scratch.path)/\(number)"
    written += 1
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    let content = try body(file)
    try file.setMode(0o444)
    store.trace("write \(path)")
    pending.append(Commit.Item(content: content, number: number, place: place, file: file))
    // Many are synced together: none of them needs to stay open.
    if isMany {
      for index in pending.indices.reversed() {
        guard let file = pending[index].file else { break }
        try file.close()
        pending[index].file = nil
      }
    }
    return content
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
