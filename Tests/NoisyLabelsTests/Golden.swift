import Foundation
import Learning
import Testing

/// Reads a JSON file of `Golden`, whose keys are in snake case (`delta_T` is `deltaT`, `T` is `t`).
func golden<Content: Decodable>(
  _ name: String, as type: Content.Type, file: String = #filePath
) throws -> Content {
  let folder = file.prefix(through: file.lastIndex(of: "/") ?? file.startIndex)
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .custom { Key(camelCase: $0[$0.count - 1].stringValue) }
  return try decoder.decode(type, from: Data(readFile(at: "\(folder)Golden/\(name)")))
}

private struct Key: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init?(intValue: Int) { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init(camelCase snakeCase: String) {
    let words = snakeCase.split(separator: "_")
    stringValue = words.enumerated().map { index, word in
      (index == 0 ? word.prefix(1).lowercased() : word.prefix(1).uppercased()) + word.dropFirst()
    }.joined()
  }
}

/// Whether two lists are alike, each pair within `tolerance`.
func isClose(_ found: [Double], _ expected: [Double], within tolerance: Double) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
}

/// What the error of `body` says, with its remedy; empty if there is none.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    let error = error as? any LocalizedError
    return "\(error?.errorDescription ?? ""); \(error?.recoverySuggestion ?? "")"
  }
}
