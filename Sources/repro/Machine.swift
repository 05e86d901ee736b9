import Engine
import FoundationEssentials
import Glibc
import Stages
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

  /// What stages may have of this machine, unless an option says otherwise.
  static func options(force: [String] = []) -> RunOptions {
    RunOptions(
      jobs: cores, threads: cores, force: Set(force), settings: stageSettings, memory: memory,
      searchPath: environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
  }

  /// Bytes of memory.
  static var memory: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    return pages > 0 ? pages * Int(sysconf(Int32(_SC_PAGESIZE))) : .max
  }

  /// What stages are told of this machine; none of it can change a result.
  static var stageSettings: [String: String] {
    var settings: [String: String] = [:]
    if let mirror = environment("REPRO_MIRROR") { settings["mirror"] = absolute(mirror) }
    if let kernels = environment("REPRO_KERNELS") { settings["kernels"] = kernels }
    return settings
  }

  /// What a verdict says of this machine.
  static func description(threads: Int) -> Verdict.Machine {
    Verdict.Machine(
      host: host, platform: platform,
      vectors: VectorPath.name(asked: environment("REPRO_KERNELS")), threads: threads)
  }

  /// Such as `Linux x86_64`.
  private static var platform: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "" }
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.machine))"
  }

  /// A new folder outside of any cache, for who removes it.
  static func makeScratchFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "repro-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }

  /// Seconds since 1970.
  static var now: Double { Date().timeIntervalSince1970 }

  /// This moment, on this machine, by this very executable; the store knows it from the last time.
  static func occasion(_ store: Store) -> Occasion {
    let path = try? executable()
    let program = path.flatMap { try? store.content(at: $0).digest }
    return Occasion(
      startedAt: now, host: host, engine: Version.current,
      engineDigest: program?.description ?? "",
      executable: environment("REPRO_KEEP_ENGINE") == "off" ? nil : path)
  }
}
