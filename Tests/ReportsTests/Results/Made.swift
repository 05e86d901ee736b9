import Documents
import Foundation
import Store

/// What tests put in place of what runs have made.
enum Made {
  static let digest = Digest(hashing: [UInt8]())

  /// A result with these headlines, in the order of their names.
  static func record(figures: [String: Value], outputs: [String: Content] = [:]) -> Record {
    let results = figures.sorted { $0.key < $1.key }.map { name, value -> Value in
      ["name": .string(name), "value": value, "headline": true]
    }
    return Record(
      key: Digest(hashing: Value.list(results).canonicalBytes), preimage: digest, outputs: outputs,
      notes: ["results": .list(results)])
  }
}

/// A store in a folder that goes with it.
final class ScratchStore: Sendable {
  let store: Store
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "repro-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try Store(at: folder.appending(path: "cache").path, create: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Stores a file of this text.
  func put(_ text: String) throws -> Content {
    try store.put(bytes: Array(text.utf8))
  }
}

/// What the error of `body` says, with its remedy; empty if there is none.
func said(by body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    let error = error as? any LocalizedError
    return "\(error?.errorDescription ?? "")\n\(error?.recoverySuggestion ?? "")"
  }
}
