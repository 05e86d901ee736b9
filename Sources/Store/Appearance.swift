import Glibc

/// What the file system says about a file, or a folder with all that is in it, without opening a
/// file: as long as it says the same, the bytes are the same.
struct Appearance {
  /// The device and the inode of the file or folder itself; its path is not in it.
  let device: Int64
  let inode: Int64
  /// The SHA-256 of the list of names, kinds, sizes, times and inodes.
  let listing: SHA256
  /// The latest change time in it. Nobody can set it back: whatever is done from now on leaves a
  /// later one.
  private let newest: Int64
  /// When it was begun.
  private let begun: Int64

  /// `nil` for what cannot be told of: whoever reads it finds out why.
  init?(_ path: String) {
    begun = Self.now
    var root = stat()
    guard lstat(path, &root) == 0 else { return nil }
    var looker = Looker()
    looker.note(root, name: "")
    switch FileKind(mode: root.st_mode) {
    case .file: break
    case .folder:
      guard let folder = try? OpenFile(path, O_RDONLY | O_DIRECTORY),
        (try? folder.status().stamp.inode) == Int64(truncatingIfNeeded: root.st_ino),
        looker.walk(folder, depth: 1)
      else { return nil }
    case .link, .pipe, .socket, .device: return nil
    }
    device = Int64(truncatingIfNeeded: root.st_dev)
    inode = Int64(truncatingIfNeeded: root.st_ino)
    newest = looker.newest
    listing = looker.finish()
  }

  /// Whether any change after the appearance was begun leaves behind another time than those looked at.
  ///
  /// The clock of a file system goes in steps: a second change within one step of the first leaves
  /// the same time. On those that count in seconds a step may be two of them. A time in the future
  /// says nothing at all.
  var isSettled: Bool {
    let step: Int64 = newest % 1_000_000_000 == 0 ? 2_000_000_000 : 20_000_000
    return newest < begun - step
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Walks through folders and notes what is there.
private struct Looker: ~Copyable {
  private(set) var newest = Int64.min
  private var hasher = SHA256Hasher()
  private var lines: [UInt8] = []

  mutating func note(_ status: stat, name: UnsafePointer<CChar>) {
    let known = FileStatus(status)
    newest = max(newest, known.stamp.changed)
    let numbers = (
      known.stamp.modified, known.stamp.changed, known.stamp.inode, Int64(known.size),
      Int64(status.st_mode & S_IFMT)
    )
    lines.append(
      contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name) + 1))
    withUnsafeBytes(of: numbers) { lines.append(contentsOf: $0) }
    if lines.count > 1 << 16 { flush() }
  }

  private mutating func flush() {
    lines.withUnsafeBytes { hasher.update($0) }
    lines.removeAll(keepingCapacity: true)
  }

  consuming func finish() -> SHA256 {
    flush()
    return hasher.finish()
  }

  /// Notes all that is below the folder, in the order in which it is found there: as long as nothing
  /// changes that stays the same, and where it does not the folder is read once more. `false` if
  /// something fails.
  mutating func walk(_ folder: OpenFile, depth: Int) -> Bool {
    guard depth <= Store.greatestDepth else { return false }
    var below: [String] = []
    let isWhole =
      (try? Folder.forEachName(in: folder) { name in
        var status = stat()
        guard fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
          return false
        }
        note(status, name: name)
        if FileKind(mode: status.st_mode) == .folder {
          guard let name = String(validatingCString: name) else { return false }
          below.append(name)
        }
        return true
      }) ?? false
    guard isWhole else { return false }
    for name in below {
      let path = "\(folder.path)/\(name)"
      guard
        let inner = try? OpenFile(
          path, O_RDONLY | O_DIRECTORY, name: name, in: folder.descriptor)
      else { return false }
      note(ending: name)
      guard walk(inner, depth: depth + 1) else { return false }
    }
    return true
  }

  /// Which of the folders comes next.
  private mutating func note(ending name: String) {
    lines.append(contentsOf: Array(name.utf8) + [0])
  }
}
