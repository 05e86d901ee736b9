import Glibc

/// A folder of immutable files, each named by the digest of its bytes: `3f/9ac4…`.
struct ObjectFolder: Sendable {
  let path: String

  func path(of digest: Digest) -> String {
    let name = digest.description
    return "\(path)/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  func folder(of digest: Digest) -> String { "\(path)/\(digest.description.prefix(2))" }

  /// What stands in the folder, in the order of the names.
  func entries() throws(StoreError) -> [Entry] {
    var entries: [Entry] = []
    for name in try Folder.names(at: path) {
      let below = "\(path)/\(name)"
      guard name.utf8.count == 2, name.utf8.allSatisfy({ Hexadecimal.value($0) != nil }),
        try FileStatus.at(below)?.kind == .folder
      else {
        entries.append(Entry(path: below, digest: nil))
        continue
      }
      for rest in try Folder.names(at: below) {
        entries.append(Entry(path: "\(below)/\(rest)", digest: try? Digest(parsing: name + rest)))
      }
    }
    return entries
  }

  struct Entry {
    let path: String
    /// `nil` for what is not named like an object.
    let digest: Digest?
  }
}
