import GRDB
import Glibc

/// One group of written files on their way into the store: synced, then given their names, then made
/// known to the index.
///
/// Each step is done for all before the next begins, and the order never changes. Where something
/// is wrong with the files of one member, the others go on without it.
///
/// Objects and the records that name them get their names in the same step. Until the transaction
/// nobody looks at such a document: a look-up starts at the index. Where a crash leaves one without
/// its row, `verify` adopts it only after it has read the objects, and syncs its folder first; and
/// an index built anew may hold it, but the objects it names are then looked for before each use.
/// Objects are renamed before documents, so that only a power cut leaves a document alone.
struct Commit {
  /// Beyond this many files or folders one sync of the file system is cheaper than one for each.
  static let fewFiles = 8

  /// A written file that is to become an object or a document.
  struct Item {
    enum Place { case object, document }

    let content: Content
    /// Its name in the scratch folder.
    let number: Int
    let place: Place
    /// Open while there are few.
    var file: OpenFile?
  }

  /// What one caller wants committed.
  final class Member {
    /// Objects before the documents that name them.
    let items: [Item]
    let folder: String
    let root: OpenFile?
    let isMany: Bool
    let record: ((Database) throws -> Void)?
    fileprivate(set) var failure: (any Error)?

    init(
      items: [Item], in folder: String, root: OpenFile?, isMany: Bool,
      record: ((Database) throws -> Void)?
    ) {
      self.items = items
      self.folder = folder
      self.root = root
      self.isMany = isMany
      self.record = record
    }

    fileprivate func path(of item: Item) -> String { "\(folder)/\(item.number)" }
  }

  let store: Store
  let members: [Member]

  /// Commits the members; each says afterwards whether it went well.
  func callAsFunction() {
    startWriting()
    forEach { member in try sync(member) }
    if hasFiles { store.trace("object-written") }
    rename()
    if hasFiles { store.trace("object-renamed") }
    enter()
  }

  private var living: [Member] { members.filter { $0.failure == nil } }
  private var hasFiles: Bool { living.contains { !$0.items.isEmpty } }

  private func forEach(_ body: (Member) throws -> Void) {
    for member in living {
      do { try body(member) } catch { member.failure = error }
    }
  }

  private func failAll(_ error: any Error) { for member in living { member.failure = error } }

  // MARK: Durable

  /// Has the disk begin with all before waiting for the first.
  private func startWriting() {
    let few = members.filter { !$0.isMany }
    let files = few.flatMap(\.items).compactMap(\.file)
    guard files.count > 1 else { return }
    for file in files { file.startWriting() }
  }

  private func sync(_ member: Member) throws {
    if member.isMany, let root = member.root {
      try root.syncFileSystem()
      store.trace("sync-all")
    } else {
      for item in member.items {
        try item.file?.sync()
        store.trace("sync \(member.path(of: item))")
      }
      for item in member.items { try item.file?.close() }
    }
  }

  // MARK: Visible

  private func rename() {
    var folders: Set<String> = []
    var ready: [Item.Place: Set<UInt8>] = [:]
    forEach { member in
      for item in member.items {
        let folder = store.folder(for: item.place)
        let first = item.content.digest.firstByte
        if ready[item.place]?.contains(first) != true {
          let parent = folder.folder(of: item.content.digest)
          // The parent, too: whoever made the folder may not have come to sync it.
          if try Folder.makeOne(parent) || !store.committer.hasSynced(parent) {
            folders.insert(folder.path)
          }
          folders.insert(parent)
          ready[item.place, default: []].insert(first)
        }
        try store.place(member.path(of: item), as: item.content, in: folder)
        store.trace("rename \(folder.path(of: item.content.digest))")
      }
    }
    do {
      try sync(folders)
      store.committer.noteSynced(folders)
    } catch {
      failAll(error)
    }
  }

  private func sync(_ folders: Set<String>) throws {
    if folders.count > Self.fewFiles, let root = members.lazy.compactMap(\.root).first {
      try root.syncFileSystem()
      store.trace("sync-all")
    } else {
      for folder in folders.sorted(by: >) {
        try Folder.sync(folder)
        store.trace("sync-folder \(folder)")
      }
    }
  }

  // MARK: Known

  private func enter() {
    let living = living
    guard !living.isEmpty else { return }
    do {
      let count = try store.index.write { db in
        var count = 0
        for member in living { count += try enter(member, db, isAlone: living.count == 1) }
        return count
      }
      if count > 0 { store.trace("index \(count)") }
    } catch {
      failAll(error)
    }
  }

  private func enter(_ member: Member, _ db: Database, isAlone: Bool) throws -> Int {
    // The transaction may be tried again, in an index that was built anew.
    member.failure = nil
    do {
      var count = 0
      let body = {
        count = try store.enter(member.items, db)
        try member.record?(db)
      }
      if isAlone {
        try body()
      } else {
        try db.inSavepoint {
          try body()
          return .commit
        }
      }
      return count
    } catch let error as StoreError where !isAlone {
      member.failure = error
      return 0
    }
  }
}
