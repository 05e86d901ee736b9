import Documents

/// A run in one file, read from front to back and checked: a ustar archive of
///
/// ```
/// manifest.json.sha256    as sha256sum writes it
/// manifest.json           the canonical document of ``BundleManifest``
/// ro-crate-metadata.json  for archives: see ``ROCrate``
/// objects/3f9ac4…         each object of the manifest, in its order
/// ```
///
/// All that is not an object's bytes follows from the manifest, headers and padding included, and the
/// manifest has the SHA-256 of each object: no byte can be another without being noticed.
public final class RunBundle {
  static let checksumName = "manifest.json.sha256"
  static let manifestName = "manifest.json"
  static func name(of object: BundleManifest.Object) -> String {
    "objects/\(object.content.digest)"
  }

  /// As `sha256sum` writes it, so that this checks what was unpacked: `sha256sum -c *.sha256`.
  static func checksum(of manifest: [UInt8]) -> [UInt8] {
    Array("\(SHA256(hashing: manifest))  \(manifestName)\n".utf8)
  }

  /// The most bytes of a manifest, a snapshot or a folder's list: as a document in memory they take many
  /// times as much.
  static let largestDocument = 1 << 26

  public let path: String
  public let manifest: BundleManifest
  public let sizeInBytes: Int
  private let file: OpenFile
  /// Where each object begins in the file.
  private var places: [Int] = []
  private var documents: [Digest: [UInt8]] = [:]

  /// Reads and checks the whole file; writes nothing.
  ///
  /// - Throws: ``BundleError`` for anything but what `repro export` writes.
  public init(_ path: String) throws {
    let reader = try ArchiveReader(path)
    self.path = path
    file = reader.file
    sizeInBytes = reader.sizeInBytes
    manifest = try Self.manifest(reader)
    try Self.takeDocument(ROCrate.name, ROCrate.bytes(for: manifest), reader)
    for object in manifest.objects { try read(object, reader) }
    try reader.takeEnd()
  }

  private static func manifest(_ reader: ArchiveReader) throws -> BundleManifest {
    let path = reader.path
    let count = checksum(of: []).count
    guard let block = try? reader.bytes(TarHeader.blockSize),
      TarHeader(bytes: block) == TarHeader(name: checksumName, size: count)
    else { throw BundleError.noBundle(path) }
    let checksum = try reader.bytes(count)
    try reader.takePadding(of: TarHeader(name: checksumName, size: count))
    let header = try reader.header(named: manifestName, atMost: largestDocument)
    let bytes = try reader.bytes(header.size)
    guard checksum == Self.checksum(of: bytes) else {
      throw BundleError.damaged(path, entry: manifestName)
    }
    try reader.takePadding(of: header)
    do {
      let document = try Value(canonical: bytes)
      if let format = document["format"]?.int, format > BundleManifest.format {
        throw BundleError.newerFormat(path, version: Int(format))
      }
      return try BundleManifest(document: document)
    } catch let error as BundleError {
      throw error
    } catch {
      throw BundleError.inconsistent(path, "'\(manifestName)' is no manifest")
    }
  }

  /// Takes an entry whose bytes follow from the manifest.
  private static func takeDocument(
    _ name: String, _ expected: [UInt8], _ reader: ArchiveReader
  ) throws {
    let header = TarHeader(name: name, size: expected.count)
    try reader.take(header)
    guard try reader.bytes(expected.count) == expected else {
      throw BundleError.damaged(reader.path, entry: name)
    }
    try reader.takePadding(of: header)
  }

  private func read(_ object: BundleManifest.Object, _ reader: ArchiveReader) throws {
    let content = object.content
    let header = TarHeader(name: Self.name(of: object), size: content.size)
    try reader.take(header)
    places.append(reader.position)
    let found: Content
    if manifest.isDocument(object) {
      try Self.checkSize(content.size, of: object.path, in: path)
      let bytes = try reader.bytes(content.size)
      found = Content(hashing: bytes)
      documents[content.digest] = bytes
    } else {
      found = try reader.content(of: header)
    }
    guard found.hasSameBytes(as: content) else {
      throw BundleError.damaged(path, entry: object.path)
    }
    try reader.takePadding(of: header)
  }

  /// - Throws: `BundleError.tooLarge` for a document of that size.
  static func checkSize(_ size: Int, of entry: String, in path: String) throws(BundleError) {
    guard size <= largestDocument else {
      throw .tooLarge(path, entry: entry, size: size, most: largestDocument)
    }
  }

  // MARK: What is in it

  /// The canonical bytes of the run's snapshot.
  ///
  /// - Throws: `BundleError.inconsistent` if it has none.
  public func snapshot() throws -> [UInt8] {
    guard let bytes = documents[manifest.run] else {
      throw BundleError.inconsistent(path, "the snapshot of the run is not in it")
    }
    return bytes
  }

  /// Sees to it that the bundle has all that the roots lead to, and nothing else.
  ///
  /// - Throws: `BundleError.inconsistent`.
  public func check(has roots: [BundleRoot]) throws {
    let needed: [BundleManifest.Object]
    do {
      needed = try BundleManifest.Object.all(from: roots) { content in
        guard let bytes = documents[content.digest] else {
          throw BundleError.inconsistent(path, "the list of a folder is not in it")
        }
        return try Tree(bytes: bytes)
      }
    } catch let error as BundleError {
      throw error
    } catch {
      throw BundleError.inconsistent(path, "\((error as? StoreError)?.errorDescription ?? "")")
    }
    guard needed != manifest.objects else { return }
    let (listed, all) = (Set(manifest.objects), Set(needed))
    if let missing = needed.first(where: { !listed.contains($0) }) {
      throw BundleError.inconsistent(path, "'\(missing.path)' is needed, and not in it")
    }
    let extra = manifest.objects.first { !all.contains($0) }
    throw BundleError.inconsistent(path, "'\(extra?.path ?? "")' is in it, and not needed")
  }

  /// The SHA-256 of the whole file.
  public func sha256() throws -> SHA256 {
    try file.rewind()
    return try file.content().sha256
  }

  /// Copies an object to another file, and says what was copied: the bundle may have changed since.
  func copy(_ index: Int, to other: OpenFile) throws -> Content {
    try file.seek(to: places[index])
    return try file.content(upTo: manifest.objects[index].content.size) {
      chunk throws(StoreError) in try other.write(chunk)
    }
  }
}
