import Engine
import FoundationEssentials
import Glibc
import Store

/// What the program knows of the machine and of itself. The one place that reads the environment.
enum Machine {
  static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, buffer.count - 1)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  /// The path of this very executable.
  static func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// What stages are told of this machine; none of it can change a result.
  static var stageSettings: [String: String] {
    var settings: [String: String] = [:]
    if let mirror = environment("REPRO_MIRROR") { settings["mirror"] = absolute(mirror) }
    if let kernels = environment("REPRO_KERNELS") { settings["kernels"] = kernels }
    return settings
  }

  /// Seconds since 1970.
  static var now: Double { Date().timeIntervalSince1970 }

  static func occasion() -> Occasion {
    Occasion(
      startedAt: now, host: host, engine: Version.current,
      engineDigest: executableDigest?.description ?? "")
  }

  /// The digest of this very executable.
  ///
  /// Mapped: reading it would be the longest part of a run that computes nothing.
  private static var executableDigest: Digest? {
    let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_size > 0 else { return nil }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      return nil
    }
    defer { munmap(start, size) }
    return Digest(hashing: UnsafeRawBufferPointer(start: start, count: size))
  }
}
