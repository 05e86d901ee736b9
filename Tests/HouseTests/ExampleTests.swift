import Foundation
import Testing

/// TENSORS.md shows programs that are built with the package.
@Suite struct ExampleTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test(arguments: ["lenet-mnist", "learned-weights"])
  func `the page shows the example as it is built`(name: String) throws {
    let program = try text("examples/\(name)/main.swift")
    #expect(try text("TENSORS.md").contains("```swift\n\(program)```"))
  }

  @Test func `the page names operations that there are`() throws {
    let sources = Self.root.appending(path: "Sources/Tensors")
    let files = FileManager.default.enumerator(atPath: sources.path(percentEncoded: false))
    let code = try (files?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".swift") }.map { try text("Sources/Tensors/\($0)") }.joined()
    let page = try text("TENSORS.md")
    let table = try #require(
      page.split(separator: "## What there is").last?.split(separator: "## Adding").first)
    let names = table.matches(of: /`([a-z]\w+)(?:\([\w:]+\))?`/).map { $0.1 }
    #expect(names.count > 60)
    for name in names {
      #expect(code.contains("func \(name)("), "\(name)")
    }
  }

  @Test func `LeNet on MNIST takes fewer than forty lines`() throws {
    let lines = try text("examples/lenet-mnist/main.swift").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 40)  // the last is empty
  }
}
