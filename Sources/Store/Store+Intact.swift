import Glibc

extension Store {
  /// Whether the file, or the folder with all that is in it, is there and sound.
  ///
  /// Cheap: a file whose size, times and inode are those recorded is believed, any other is read;
  /// lists of folders are always read. What is found damaged is put into quarantine. Whoever then
  /// uses the bytes checks them all the same.
  public func isIntact(_ content: Content) throws -> Bool { try areIntact([content]) }

  /// Whether all of them are: many cost little more than one.
  public func areIntact(_ contents: [Content]) throws -> Bool {
    try whileShared {
      var level = contents
      var trees = Set(contents.lazy.filter { $0.kind == .tree }.map(\.digest))
      while !level.isEmpty {
        guard try stand(level) else { return false }
        var next: [Content] = []
        for tree in level where tree.kind == .tree {
          do {
            let entries = try self.tree(tree).entries
            next.reserveCapacity(next.count + entries.count)
            for entry in entries
            where entry.content.kind == .file || trees.insert(entry.content.digest).inserted {
              next.append(entry.content)
            }
          } catch let error as StoreError where error.isDamage {
            return false
          }
        }
        level = next
      }
      return true
    }
  }

  /// Whether all of them stand, by the stamps of their files, or else their bytes.
  private func stand(_ contents: [Content]) throws -> Bool {
    let sorted = contents.sorted { $0.digest < $1.digest }
    let stamps = try index.read { db in
      var stamps: [FileStatus.Stamp] = []
      stamps.reserveCapacity(sorted.count)
      let areKnown = try db.forEachObject(of: sorted) { content, row in
        stamps.append(row.stamp)
        return row.content.hasSameBytes(as: content)
      }
      return areKnown ? stamps : nil
    }
    guard let stamps else { return false }
    return try suspects(sorted, stamps)?.allSatisfy {
      try standing($0.digest)?.hasSameBytes(as: $0) == true
    } ?? false
  }

  /// Those whose files do not look as they should; `nil` if one has no file. Of many each thread
  /// looks at a part.
  private func suspects(
    _ contents: [Content], _ stamps: [FileStatus.Stamp]
  ) throws -> [Content]? {
    let found = try inParallel(contents.count) { try suspects(contents, stamps, in: $0) }
    var all: [Content] = []
    for part in found {
      guard let part else { return nil }
      all += part
    }
    return all
  }

  private func suspects(
    _ contents: [Content], _ stamps: [FileStatus.Stamp], in part: Range<Int>
  ) throws -> [Content]? {
    var suspects: [Content] = []
    var looker = ObjectStamps(objectFolder)
    for place in part {
      let content = contents[place]
      guard let status = try looker.status(of: content.digest) else { return nil }
      if status.kind != .file || status.size != content.size || status.stamp != stamps[place] {
        suspects.append(content)
      }
    }
    return suspects
  }
}

/// Looks at the files of many objects in the order of their digests, one folder at a time.
private struct ObjectStamps {
  private let objects: ObjectFolder
  private var folder: (first: UInt8, file: OpenFile)?
  private var name = [UInt8](repeating: 0, count: 33)

  init(_ objects: ObjectFolder) { self.objects = objects }

  mutating func status(of digest: Digest) throws(StoreError) -> FileStatus? {
    let first = digest.firstByte
    if folder?.first != first {
      do throws(StoreError) {
        let path = objects.folder(of: digest)
        folder = (first, try OpenFile(path, O_RDONLY | O_DIRECTORY))
      } catch .system(_, _, ENOENT), .system(_, _, ENOTDIR) {
        return nil
      }
    }
    guard let descriptor = folder?.file.descriptor else { return nil }
    var status = stat()
    let result = name.withUnsafeMutableBufferPointer { name in
      guard let place = name.baseAddress else { return -1 as Int32 }
      digest.withBytes { Hexadecimal.write($0, to: place) }
      return UnsafeRawPointer(place + 2).withMemoryRebound(to: CChar.self, capacity: 31) {
        fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
      }
    }
    if result == 0 { return FileStatus(status) }
    guard errno == ENOENT else {
      throw .system("lstat", path: objects.path(of: digest), errno: errno)
    }
    return nil
  }
}
