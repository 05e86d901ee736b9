import Foundation
import Glibc
import Store
import Testing

/// Each system call that changes something fails in each of its ways, or is the last one.
///
/// The program `store-exercise` is run with a library that is loaded before the C library
/// (`Faults/faults.c`); so SQLite's calls are among them. Of all calls and ways every 53rd is taken;
/// `REPRO_FAULT_STRIDE=1` takes every one, and an hour.
@Suite struct FaultTests {
  private let scratch = Scratch()

  private static let stride =
    ProcessInfo.processInfo.environment["REPRO_FAULT_STRIDE"].flatMap(Int.init) ?? 53

  enum Fault: String, CaseIterable {
    case error, errors, before, after
    /// Of how many errors that a call can be given there is a choice.
    var variants: Int { self == .error ? 8 : self == .errors ? 4 : 1 }
  }

  private struct Outcome {
    let status: Int32
    let isKilled: Bool
    let message: String
    /// What was struck, its number, and the error; `none` and the count if there were not so many.
    let struck: [String]
  }

  private func exercise(
    _ library: String, _ cache: String, _ fault: Fault? = nil, number: Int = 0, variant: Int = 0
  ) throws -> Outcome {
    let report = "\(cache).report"
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "store-exercise")
    process.arguments = [cache, "\(scratch.path)/in", "\(cache).delivered"]
    process.environment = [
      "LD_PRELOAD": library, "FAULT_ROOT": cache, "FAULT_REPORT": report,
      "FAULT_KIND": fault?.rawValue ?? "none", "FAULT_NUMBER": "\(number)",
      "FAULT_VARIANT": "\(variant)",
    ]
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

  private func compile() throws -> String {
    let library = "\(scratch.path)/faults.so"
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Faults/faults.c").path(percentEncoded: false)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return library
  }

  @Test(arguments: Fault.allCases)
  func `whatever call fails, nothing is lost, half there or untold`(fault: Fault) throws {
    for index in 0..<12 { try scratch.write([UInt8(index), 1], to: "in/\(index)") }
    let library = try compile()
    let whole = "\(scratch.path)/whole"
    let sound = try exercise(library, whole)
    #expect(sound.status == 0, "\(sound.message)")
    let total = try #require(Int(sound.struck[1]))
    #expect(total > 200)
    let expected = try Store(at: whole, create: false)

    var turn = 0
    for number in 1...total {
      for variant in 0..<fault.variants {
        turn += 1
        guard turn % Self.stride == 0 else { continue }
        let cache = "\(scratch.path)/cache"
        let outcome = try exercise(library, cache, fault, number: number, variant: variant)
        try check(outcome, fault, cache, "\(fault) \(outcome.struck.joined(separator: " "))")

        Scratch.remove("\(cache).delivered")
        let again = try exercise(library, cache)
        #expect(again.status == 0, "\(fault) \(outcome.struck): afterwards \(again.message)")
        let store = try Store(at: cache, create: false)
        #expect(try store.verify().isEmpty, "\(fault) \(outcome.struck)")
        #expect(try store.objects() == expected.objects(), "\(fault) \(outcome.struck)")
        #expect(try store.records() == expected.records())
        #expect(Scratch.names("\(cache)/work") == [".lock"], "\(fault) \(outcome.struck)")
        #expect(Scratch.names("\(cache)/claims") == [".lock"])
        #expect(Scratch.names("\(cache)/quarantine").isEmpty, "\(fault) \(outcome.struck)")
        for name in ["", ".delivered", ".report"] { Scratch.remove("\(cache)\(name)") }
      }
    }
  }

  /// What holds at once, before anything is done again.
  private func check(
    _ outcome: Outcome, _ fault: Fault, _ cache: String, _ comment: Comment
  ) throws {
    switch fault {
    case .before, .after:
      #expect(outcome.isKilled || outcome.struck[0] == "none", comment)
    case .error, .errors:
      #expect(!outcome.isKilled, comment)
      #expect(outcome.status == 0 || outcome.status == 1, comment)
      if outcome.status == 1 {
        // Where, and what: a path of the cache and a condition.
        #expect(outcome.message.hasPrefix("error: "), comment)
        #expect(outcome.message.contains(cache), "\(comment): \(outcome.message)")
        #expect(outcome.message.split(separator: ": ").count >= 3, "\(comment): \(outcome.message)")
      } else {
        #expect(outcome.message.isEmpty, "\(comment): \(outcome.message)")
      }
    }
    if Scratch.exists("\(cache)/objects") {
      let store = try Store(at: cache, create: true)
      #expect(try store.verify() == [], comment)
      let isWhole =
        try Scratch.exists("\(cache).delivered")
        && Scratch.read("\(cache).delivered") == Scratch.read("\(scratch.path)/in/0")
      // A killed process cleans nothing up; one that fails does.
      #expect(
        isWhole || !Scratch.exists("\(cache).delivered") || outcome.isKilled || fault == .errors,
        comment)
    }
  }
}
