import Engine
import Foundation
import FoundationNetworking
import Pipelines
import Store

/// Brings files in by address and SHA-256. The key is the content: an address may move.
enum FetchStage: StageKind {
  static let name = "fetch"
  static let summary = "bring files in by address and SHA-256"
  static let inputs: [KindSignature.Input] = []
  static let outputs: [KindSignature.Output] = [
    .init("files", isFolder: true, "the files, under the names given")
  ]
  static let bringsInBytes = true

  struct File: Sendable {
    let name: String
    let url: String
    let sha256: String
  }

  static func read(_ fields: inout FieldReader) -> [File] {
    fields.entries("files", "the files, each under the name it gets") { name, fields in
      File(
        name: name,
        url: fields.string("url", "where it is fetched from", inKey: false),
        sha256: fields.string("sha256", "digest of its bytes") { text in
          (try? SHA256(parsing: text)) == nil ? "must be 64 lower-case hex digits" : nil
        })
    }.map(\.1)
  }

  static func run(_ files: [File], _ stage: StageContext) async throws {
    for (index, file) in files.enumerated() {
      stage.progress(
        Progress(
          step: index + 1, of: files.count, "file", done: index, total: files.count, unit: "files"))
      let (bytes, source) = try await bytes(of: file, stage)
      let found = SHA256(hashing: bytes).description
      guard found == file.sha256 else {
        throw StageError.checksum(
          file: file.name, expected: file.sha256, found: found, source: source)
      }
      try Data(bytes).write(to: URL(filePath: "\(stage.output("files"))/\(file.name)"))
    }
  }

  private static func bytes(
    of file: File, _ stage: StageContext
  ) async throws -> (bytes: [UInt8], source: String) {
    guard let url = URL(string: file.url), ["http", "https", "file"].contains(url.scheme) else {
      throw StageError.badAddress(file: file.name, address: file.url)
    }
    if let mirror = stage.setting("mirror") {
      let path = "\(mirror)/\(url.lastPathComponent)"
      guard let data = FileManager.default.contents(atPath: path) else {
        throw StageError.notInMirror(file: url.lastPathComponent, mirror: mirror)
      }
      return ([UInt8](data), path)
    }
    if url.scheme == "file" {
      guard let data = FileManager.default.contents(atPath: url.path(percentEncoded: false)) else {
        throw StageError.unreadable(url.path(percentEncoded: false))
      }
      return ([UInt8](data), file.url)
    }
    return ([UInt8](try await download(file, from: url)), file.url)
  }

  /// Three tries: the commonest failure of a download passes by itself.
  private static func download(_ file: File, from url: URL) async throws -> Data {
    var reason = ""
    for attempt in 1...3 {
      do {
        let (data, response) = try await URLSession.shared.data(from: url)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 200
        if (200..<300).contains(status) { return data }
        reason = "the server answers \(status)"
        if (400..<500).contains(status) { break }
      } catch {
        reason = error.localizedDescription
      }
      if attempt < 3 { try await Task.sleep(for: .seconds(attempt)) }
    }
    throw StageError.download(file: file.name, address: file.url, reason: reason)
  }
}
