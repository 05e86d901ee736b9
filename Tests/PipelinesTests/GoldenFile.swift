import Foundation

/// A case of a golden file: `=== title`, options behind `$ --set `, a file, and behind `--- says` what
/// is said about it.
struct GoldenCase: CustomStringConvertible {
  let title: String
  var overrides: [String] = []
  var file = ""
  var verdict = ""

  var description: String { title }

  /// The cases in `Golden/NAME`, beside this file.
  static func all(in name: String) -> [GoldenCase] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      fatalError("cannot read \(url.path)")
    }
    return text.components(separatedBy: "=== ").dropFirst().map { GoldenCase($0) }
  }

  /// Writes the file anew with what is said now, for `make golden`; read the difference before committing.
  static func rewrite(_ name: String, says verdict: (GoldenCase) -> String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    let text = all(in: name).map { golden in
      "=== \(golden.title)\n" + golden.overrides.map { "$ --set \($0)\n" }.joined()
        + "\(golden.file)--- says\n\(verdict(golden))\n"
    }
    try text.joined().write(to: url, atomically: true, encoding: .utf8)
  }

  private init(_ text: String) {
    var lines = text.components(separatedBy: "\n")[...]
    title = lines.removeFirst()
    let option = "$ --set "
    while let line = lines.first, line.hasPrefix(option) {
      overrides.append(String(line.dropFirst(option.count)))
      lines.removeFirst()
    }
    let parts = lines.joined(separator: "\n").components(separatedBy: "--- says\n")
    file = parts[0]
    verdict = parts.count > 1 ? String(parts[1].dropLast()) : ""
  }
}
