import Glibc

/// A file system of eight megabytes in memory.
final class SmallDisk {
  /// What may run out.
  enum Resource: CaseIterable { case pages, inodes }

  private static let pageSize = 4096

  private let scratch = Scratch()
  private var mount: Mount?
  private var ballast = 0

  var path: String { "\(scratch.path)/disk" }

  init?() {
    mount = Mount(["-t", "tmpfs", "-o", "size=8m,nr_inodes=1000", "none"], at: path)
    if mount == nil { return nil }
  }

  // Before the folder that it is mounted in.
  deinit { mount = nil }

  func free(_ resource: Resource) throws -> Int {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else {
      throw Scratch.Failure(call: "statvfs \(path)", code: errno)
    }
    return Int(resource == .pages ? status.f_bavail : status.f_ffree)
  }

  /// Takes all of it but so much.
  func fill(_ resource: Resource, leaving rest: Int) throws {
    let surplus = try free(resource) - rest
    guard surplus > 0 else { return }
    for _ in 0..<(resource == .inodes ? surplus : 1) {
      let file = open("\(path)/ballast-\(ballast)", O_WRONLY | O_CREAT | O_EXCL, 0o644)
      guard file >= 0 else { throw Scratch.Failure(call: "open \(path)", code: errno) }
      defer { close(file) }
      ballast += 1
      guard resource == .inodes || posix_fallocate(file, 0, surplus * Self.pageSize) == 0 else {
        throw Scratch.Failure(call: "fallocate \(path)", code: errno)
      }
    }
  }

  /// Gives back what was filled.
  func clear() {
    for number in 0..<ballast { unlink("\(path)/ballast-\(number)") }
    ballast = 0
  }
}
