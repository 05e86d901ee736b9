import Foundation
import Testing

/// `anywhere.sh`, which people can run, too: everything around a run changes, and it comes out the same.
@Suite struct AnywhereTests {
  @Test(.enabled(if: CommandStageTests.sandboxWorks))
  func `a run comes out the same after everything around it has changed`() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["\(Workspace.package)/Tests/EndToEnd/anywhere.sh", Workspace.program]
    let space = try Workspace()
    try space.write("said", "")
    let output = try #require(FileHandle(forWritingAtPath: "\(space.path)/said"))
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try space.read("said"), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(text)")
    // At home, and with each number of threads on the two paths at least that every machine has.
    let verdicts = text.split(separator: "\n").filter { $0.contains("bit-identical: 14 of 14") }
    #expect(verdicts.count >= 5, "\(text)")
  }
}
