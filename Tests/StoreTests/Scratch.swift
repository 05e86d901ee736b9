import Glibc
import Store
import Synchronization

/// A folder of a test's own, gone when the test is. In memory where that can be had: what syncs are
/// for no test can see, but in their order.
final class Scratch: Sendable {
  let path: String

  /// With `onDisk` in the usual place for scratch files: the clocks of file systems differ.
  init(onDisk: Bool = false) {
    let parent = !onDisk && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/store-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(errno)") }
    path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
  }

  deinit { Scratch.remove(path) }

  func store(testHook: (@Sendable (String) -> Void)? = nil) throws -> Store {
    try Store(at: "\(path)/cache", create: true, testHook: testHook)
  }

  /// Writes a file, with the folders above it, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let place = "\(path)/\(name)"
    var parent = path
    for part in name.split(separator: "/").dropLast() {
      parent += "/\(part)"
      mkdir(parent, 0o755)
    }
    try Scratch.overwrite(place, with: bytes)
    return place
  }

  static func overwrite(_ path: String, with bytes: [UInt8]) throws {
    chmod(path, 0o644)
    guard let file = fopen(path, "w") else { throw Failure(call: "fopen \(path)", code: errno) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Failure(call: "fwrite \(path)", code: errno)
    }
  }

  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw Failure(call: "fopen \(path)", code: errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The names in a folder, sorted.
  static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// All files below the folder, as paths relative to it.
  static func files(_ path: String, prefix: String = "") -> [String] {
    names(path).flatMap { name -> [String] in
      let place = "\(path)/\(name)"
      return isFolder(place) ? files(place, prefix: "\(prefix)\(name)/") : ["\(prefix)\(name)"]
    }
  }

  /// Every file below the folder with its bytes.
  static func contents(_ path: String) throws -> [String: [UInt8]] {
    let files = try files(path).map { ($0, try read("\(path)/\($0)")) }
    return Dictionary(uniqueKeysWithValues: files)
  }

  /// The 16 bytes of a digest, as the index writes them.
  static func bytes(of digest: Digest) -> [UInt8] {
    withUnsafeBytes(of: (digest.high.bigEndian, digest.low.bigEndian)) { Array($0) }
  }

  static func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func remove(_ path: String) {
    if isFolder(path) { for name in names(path) { remove("\(path)/\(name)") } }
    Glibc.remove(path)
  }

  struct Failure: Error {
    let call: String
    let code: Int32
  }
}

extension Store {
  /// Where an object's file stands.
  func place(_ digest: Digest) -> String {
    "\(path)/objects/\(digest.description.prefix(2))/\(digest.description.dropFirst(2))"
  }

  /// Stores a result whose one output holds the bytes.
  @discardableResult
  func saveResult(_ name: String, output bytes: [UInt8]) throws -> Record {
    let preimage = Array("preimage of \(name)".utf8)
    let record = Record(
      key: Digest(hashing: preimage), preimage: try put(bytes: preimage).digest,
      outputs: ["out": try put(bytes: bytes)])
    try save(record)
    return record
  }
}

/// A value that several threads change.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try value.withLock { value in
      var copy = value
      defer { value = copy }
      return try body(&copy)
    }
  }
}
