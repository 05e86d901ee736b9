import Foundation

/// A pipeline file that is wrong, and what is said about it.
///
/// In the files of `Tests/PipelinesTests/Golden`: `=== title`, options behind `$ --set `, the file, and
/// behind `--- says` the message. What cannot stand in a text file is written in `bytes.txt`, in the
/// way that ``EscapedBytes`` reads.
public struct GoldenCase: CustomStringConvertible, Sendable {
  public let title: String
  /// The file and the options as they stand in the golden file.
  private let writtenFile: String
  private let writtenOverrides: [String]
  private let isEscaped: Bool
  public let verdict: String

  public var description: String { title }

  /// The bytes of the pipeline file.
  public var bytes: [UInt8] {
    isEscaped ? EscapedBytes.read(writtenFile) : Array(writtenFile.utf8)
  }

  /// What is given to `--set`.
  public var overrides: [String] {
    guard isEscaped else { return writtenOverrides }
    return writtenOverrides.map { String(decoding: EscapedBytes.read($0), as: UTF8.self) }
  }

  /// The golden files of what is wrong with pipelines.
  public static let files = [
    "broken.txt", "yaml.txt", "values.txt", "commands.txt", "params.txt", "bytes.txt",
    "results.txt",
  ]

  /// Every case there is.
  public static let all = files.flatMap { all(in: $0) }

  /// Writes the files anew with what is said now, for `make golden`; read the difference before
  /// committing.
  public static func rewrite(says verdict: (GoldenCase) -> String) throws {
    for file in files {
      let text = all(in: file).map { golden in
        "=== \(golden.title)\n" + golden.writtenOverrides.map { "$ --set \($0)\n" }.joined()
          + "\(golden.writtenFile)--- says\n\(verdict(golden))\n"
      }
      try text.joined().write(to: url(file), atomically: true, encoding: .utf8)
    }
  }

  private static func url(_ file: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "PipelinesTests/Golden/\(file)")
  }

  private static func all(in file: String) -> [GoldenCase] {
    guard let text = try? String(contentsOf: url(file), encoding: .utf8) else {
      fatalError("cannot read \(url(file).path)")
    }
    return text.components(separatedBy: "=== ").dropFirst()
      .map { GoldenCase($0, isEscaped: file == "bytes.txt") }
  }

  private init(_ text: String, isEscaped: Bool) {
    self.isEscaped = isEscaped
    var lines = text.components(separatedBy: "\n")[...]
    title = lines.removeFirst()
    let option = "$ --set "
    writtenOverrides = lines.prefix { $0.hasPrefix(option) }.map { String($0.dropFirst(8)) }
    lines = lines.dropFirst(writtenOverrides.count)
    let parts = lines.joined(separator: "\n").components(separatedBy: "--- says\n")
    writtenFile = parts[0]
    verdict = parts.count > 1 ? String(parts[1].dropLast()) : ""
  }
}
