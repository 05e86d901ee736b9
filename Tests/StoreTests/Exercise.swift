import Foundation
import Glibc
import Testing

/// Runs the program `store-exercise`, which does everything that a store does once, under libraries
/// that are loaded before the C library: `Faults/faults.c` counts system calls and strikes one of
/// them, `Faults/durable.c` keeps what a power cut would leave.
struct Exercise {
  enum Fault: String {
    case error, errors, before, after, nuisance
    /// Those that strike at one call.
    static let striking: [Fault] = [.error, .errors, .before, .after]
    /// Of how many errors that a call can be given there is a choice.
    var variants: Int { self == .error ? 8 : self == .errors ? 4 : 1 }
  }

  struct Outcome {
    let status: Int32
    let isKilled: Bool
    let message: String
    /// What was struck, its number, and the error; `none` and the count if there were not so many.
    let struck: [String]
  }

  /// Of all faults every so-manieth is tried; `REPRO_FAULT_STRIDE=1` takes every one.
  static func stride(otherwise usual: Int) -> Int {
    ProcessInfo.processInfo.environment["REPRO_FAULT_STRIDE"].flatMap(Int.init) ?? usual
  }

  private let scratch: Scratch
  private let libraries: String

  /// The folder that the exercise takes in.
  private var folder: String { "\(scratch.path)/in" }

  /// Compiles the libraries and fills the folder that is taken in.
  init(in scratch: Scratch) throws {
    self.scratch = scratch
    for index in 0..<12 { try scratch.write([UInt8(index), 1], to: "in/\(index)") }
    // More than the index takes: a disk may have room for that and not for this.
    try scratch.write(PutTests.bytes(60_000), to: "in/large")
    libraries = try ["faults", "durable"].map { try Self.compile($0, in: scratch) }
      .joined(separator: " ")
  }

  private static func compile(_ name: String, in scratch: Scratch) throws -> String {
    let library = "\(scratch.path)/\(name).so"
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Faults/\(name).c").path(percentEncoded: false)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return library
  }

  /// Works on the store at `cache`, and delivers to `CACHE.delivered`; a fault strikes the call of
  /// that number. Of what is below `durable.root` what was synced is kept in `durable.folder`.
  func callAsFunction(
    _ cache: String, _ fault: Fault? = nil, number: Int = 0, variant: Int = 0,
    durable: (root: String, folder: String)? = nil
  ) throws -> Outcome {
    let report = "\(scratch.path)/report"
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "store-exercise")
    process.arguments = [cache, folder, "\(cache).delivered"]
    var environment = [
      "LD_PRELOAD": libraries, "FAULT_ROOT": cache, "FAULT_REPORT": report,
      "FAULT_KIND": fault?.rawValue ?? "none", "FAULT_NUMBER": "\(number)",
      "FAULT_VARIANT": "\(variant)",
    ]
    if let durable {
      environment["DURABLE_ROOT"] = durable.root
      environment["DURABLE_FOLDER"] = durable.folder
    }
    process.environment = environment
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = errors
    try process.run()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let struck = try Scratch.read(report).split(separator: UInt8(ascii: " "))
    return Outcome(
      status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
      message: message, struck: struck.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Whether what lies at `CACHE.delivered` is all of what was to be delivered.
  func isDelivered(_ cache: String) throws -> Bool {
    try Scratch.exists("\(cache).delivered")
      && Scratch.read("\(cache).delivered") == Scratch.read("\(folder)/0")
  }

  static func remove(_ cache: String) {
    Scratch.remove(cache)
    remove(delivered: cache)
  }

  static func remove(delivered cache: String) { Scratch.remove("\(cache).delivered") }
}
