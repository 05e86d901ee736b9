import Foundation
import Learning
import Tensors
import Testing

/// The bytes of a file in `Fixtures`.
func fixture(_ name: String, file: String = #filePath) throws -> [UInt8] {
  try readFile(
    at: String(file.prefix(through: file.lastIndex(of: "/") ?? file.startIndex))
      + "Fixtures/\(name)")
}

/// Runs `body` with the path of a folder that is removed afterwards.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/formats-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// What the error of `body` says; empty if there is none.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch { return (error as? any LocalizedError)?.errorDescription ?? "\(error)" }
}

/// `bytes` with a few changed, cut or repeated: a function of `round`.
func mutated(_ bytes: [UInt8], round: UInt64) -> [UInt8] {
  var words = RandomStream(seed: round, purpose: "mutation").words(16)[...]
  func next(below limit: Int) -> Int { Int(words.popFirst() ?? 0) % max(limit, 1) }
  var result = bytes
  for _ in 0...next(below: 3) {
    let place = next(below: result.count)
    switch next(below: 6) {
    case 0: result = Array(result.prefix(place))
    case 1: result.insert(contentsOf: result.suffix(result.count - place).prefix(8), at: place)
    case 2 where !result.isEmpty: result.remove(at: place)
    case _ where !result.isEmpty: result[place] = UInt8(truncatingIfNeeded: next(below: 256))
    default: break
    }
  }
  return result
}
