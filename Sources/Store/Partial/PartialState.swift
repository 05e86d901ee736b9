public import Documents

/// How far a stage was when it last kept its state, and what it had made.
public struct PartialState: Hashable, Sendable {
  /// Whole units of the stage's own, such as epochs: a state serves whoever wants as many or more.
  public let done: Int
  /// Of computing, over all attempts.
  public let seconds: Double
  /// The stage's own words.
  public let note: Value
  /// The files among the outputs that are final, by their paths in the folder of these.
  public let files: [String: Content]
  /// The name, the digest and the size of the file of the stage's own data.
  let data: (name: String, digest: Digest, size: Int)

  public static func == (a: Self, b: Self) -> Bool { a.document == b.document }
  public func hash(into hasher: inout Hasher) { hasher.combine(data.digest) }
}

extension PartialState {
  private static let format: Int64 = 1

  /// Names the files' contents in the form that refers to objects.
  var document: Value {
    [
      "type": "partial", "format": .int(Self.format), "done": .int(Int64(done)),
      "seconds": .float(seconds), "note": note, "files": .map(files.mapValues(\.value)),
      "data": [
        "name": .string(data.name), "digest": .string(data.digest.description),
        "size": .int(Int64(data.size)),
      ],
    ]
  }

  /// `nil` for anything that is not such a document of this version.
  init?(document: Value) {
    guard document["type"]?.string == "partial", document["format"]?.int == Self.format,
      let done = document["done"]?.int, done >= 0, let seconds = document["seconds"]?.float,
      let note = document["note"], let members = document["files"]?.map,
      let data = document["data"], let name = data["name"]?.string, Self.isPlain(name),
      let digest = data["digest"]?.string.flatMap({ try? Digest(parsing: $0) }),
      let size = data["size"]?.int
    else { return nil }
    var files: [String: Content] = [:]
    for (path, value) in members {
      guard path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPlain),
        let content = try? Content(value: value)
      else { return nil }
      files[path] = content
    }
    self.init(
      done: Int(clamping: done), seconds: seconds, note: note, files: files,
      data: (name, digest, Int(clamping: size)))
  }

  /// Whether the name stays in its folder.
  private static func isPlain(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0x2F || $0 == 0 }
  }

  /// One line of the document, and one of its digest: a torn or changed file is not read.
  var bytes: [UInt8] {
    let line = document.canonicalBytes
    return line + Array("\n\(Digest(hashing: line))\n".utf8)
  }

  init?(bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].isEmpty,
      Digest(hashing: Array(lines[0])).description.utf8.elementsEqual(lines[1]),
      let document = try? Value(canonical: Array(lines[0]))
    else { return nil }
    self.init(document: document)
  }
}
