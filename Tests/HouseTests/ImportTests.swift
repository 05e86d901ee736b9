import Foundation
import Testing

/// The house of ARCHITECTURE.md: imports point down, never up.
@Suite struct ImportTests {
  /// What each target may import of ours. Whoever adds a line says why in ARCHITECTURE.md.
  static let allowed: [String: Set<String>] = [
    "repro": ["Stages", "Reports", "Engine", "Pipelines", "Store", "Documents"],
    "Stages": [
      "Engine", "Pipelines", "Store", "NoisyLabels", "Learning", "Tensors", "Documents",
    ],
    "Reports": ["Engine", "Pipelines", "Store", "Learning", "Documents"],
    "Engine": ["Pipelines", "Store", "Documents"],
    "Pipelines": ["Documents"],
    "Store": ["Documents", "CXXHash", "CCrypto"],
    "NoisyLabels": ["Learning", "Tensors"],
    "Learning": ["Tensors", "Documents", "CZlib"],
    "Tensors": ["CKernels", "CXXHash"],
    "Documents": [],
    "CKernels": [], "CXXHash": [], "CZlib": [], "CCrypto": [],
  ]

  static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  @Test func `names every target and no other`() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.sources.path(percentEncoded: false))
    #expect(Set(folders) == Set(Self.allowed.keys))
  }

  @Test(arguments: allowed.keys.sorted())
  func `imports point down the house`(target: String) throws {
    let permitted = try #require(Self.allowed[target])
    var filesRead = 0
    for file in try swiftFiles(of: target) {
      filesRead += 1
      for name in imports(in: try String(contentsOf: file, encoding: .utf8))
      where Self.allowed[name] != nil {
        #expect(permitted.contains(name), "\(file.lastPathComponent) imports \(name)")
      }
    }
    #expect(filesRead > 0 || target.hasPrefix("C"))
  }

  @Test func `finds imports of every form`() {
    let text =
      "public import Store\nimport struct Engine.Run\n  @testable import Learning\n// import X"
    #expect(imports(in: text) == ["Store", "Engine", "Learning"])
  }

  private func swiftFiles(of target: String) throws -> [URL] {
    let folder = Self.sources.appending(path: target)
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  private func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let index = words.firstIndex(of: "import"),
        words[..<index].allSatisfy({ Self.modifiers.contains($0) }), index + 1 < words.count
      else { return nil }
      let isSymbol = ["struct", "class", "enum", "func", "protocol", "var", "typealias"]
        .contains(words[index + 1])
      let module = words[index + (isSymbol ? 2 : 1)]
      return String(module.prefix { $0 != "." })
    }
  }

  private static let modifiers: Set<String> = [
    "public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency",
    "@_exported",
  ]
}
