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

  static func occasion() throws -> Occasion {
    // Mapped: reading the whole file would be the longest part of a run that computes nothing.
    let program = try Data(contentsOf: URL(filePath: executable()), options: .mappedIfSafe)
    let digest = program.withUnsafeBytes { Digest(hashing: $0) }
    return Occasion(
      startedAt: Date().timeIntervalSince1970, host: host, engine: Version.current,
      engineDigest: digest.description)
  }
}
