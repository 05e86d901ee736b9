import Engine
import FoundationEssentials
import Pipelines
import Store
import Subprocess

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
      let path = "\(stage.output("files"))/\(file.name)"
      let source = try await bring(file, to: path, stage)
      let found = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        .withUnsafeBytes { SHA256(hashing: $0).description }
      guard found == file.sha256 else {
        throw StageError.checksum(
          file: file.name, expected: file.sha256, found: found, source: source)
      }
    }
  }

  /// - Returns: where it was found.
  private static func bring(
    _ file: File, to path: String, _ stage: StageContext
  ) async throws -> String {
    guard let url = URL(string: file.url), ["http", "https", "file"].contains(url.scheme) else {
      throw StageError.badAddress(file: file.name, address: file.url)
    }
    if let mirror = stage.setting("mirror") {
      let source = "\(mirror)/\(url.lastPathComponent)"
      guard FileManager.default.fileExists(atPath: source) else {
        throw StageError.notInMirror(file: url.lastPathComponent, mirror: mirror)
      }
      try copy(source, to: path)
      return source
    }
    if url.scheme == "file" {
      try copy(url.path(percentEncoded: false), to: path)
    } else {
      try await download(file, to: path)
    }
    return file.url
  }

  private static func copy(_ source: String, to path: String) throws {
    do {
      try Data(contentsOf: URL(filePath: source), options: .mappedIfSafe)
        .write(to: URL(filePath: path))
    } catch {
      throw StageError.unreadable(source)
    }
  }

  /// The program `curl` knows proxies, certificates and redirections, and costs nothing to those who
  /// do not download.
  private static func download(_ file: File, to path: String) async throws {
    // The commonest failure of a download passes by itself.
    let arguments = [
      "--fail", "--silent", "--show-error", "--location", "--globoff", "--retry", "2",
      "--retry-connrefused", "--proto", "=http,https", "--proto-redir", "=http,https",
      "--output", path, "--", file.url,
    ]
    do {
      let end = try await Subprocess.run(
        .name("curl"), arguments: Arguments(arguments), input: .none, output: .discarded,
        error: .string(limit: 1 << 16))
      if end.terminationStatus == .exited(0) { return }
      throw StageError.download(
        file: file.name, address: file.url, reason: reason(from: end.standardError))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw StageError.missingCurl(file: file.name)
    }
  }

  /// From the last of lines such as `curl: (22) The requested URL returned error: 404`.
  private static func reason(from errors: String) -> String {
    let last = errors.split(whereSeparator: \.isNewline).last ?? "curl failed"
    let words = last.split(separator: " ", maxSplits: 2)
    return words.count == 3 && words[0] == "curl:" ? String(words[2]) : String(last)
  }
}
