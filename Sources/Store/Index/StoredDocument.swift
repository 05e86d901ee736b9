import Documents
import GRDB

/// A file of `records/` that is what its name says and a document we know.
struct StoredDocument {
  enum Entry {
    case result(Record)
    case run(Run)
    case execution(Execution, of: Digest)
    case pin(Pin)
  }

  let document: Document
  let entry: Entry
  let contents: Set<Content>
  let modified: Int64

  init?(at entry: ObjectFolder.Entry) throws {
    guard let digest = entry.digest, let file = try OpenFile.readingIfThere(entry.path) else {
      return nil
    }
    let status = try file.status()
    let bytes = try file.bytes()
    guard Digest(hashing: bytes) == digest, let value = try? Value(canonical: bytes),
      let entry = Self.entry(value)
    else { return nil }
    self.entry = entry
    document = Document(digest: digest, bytes: bytes)
    contents = Content.referred(in: value)
    modified = status.stamp.modified
  }

  private static func entry(_ value: Value) -> Entry? {
    switch value["type"]?.string {
    case "result": return (try? Record(document: value)).map(Entry.result)
    case "run": return (try? Run(document: value)).map(Entry.run)
    case "pin": return (try? Pin(document: value)).map(Entry.pin)
    case "execution":
      guard let execution = try? Execution(document: value),
        let run = value["run"]?.string.flatMap({ try? Digest(parsing: $0) })
      else { return nil }
      return .execution(execution, of: run)
    default: return nil
    }
  }

  var subject: Subject {
    switch entry {
    case .result(let record): .result(record.key)
    case .run(let run): .run(run.hash)
    case .execution(let it, let run): .execution(run: run, startedAt: it.startedAt)
    case .pin(let pin): .pin(pin.name)
    }
  }

  /// The contents without which it is of no use: how a run was asked for is good to know, no more.
  var needed: Set<Content> {
    if case .execution = entry { [] } else { contents }
  }

  /// Further objects that it needs, named by their digests alone.
  var objects: [Digest] {
    switch entry {
    case .result(let record): [record.preimage]
    case .run(let run): [run.hash]
    case .execution, .pin: []
    }
  }

  /// Enters the document into the index: `recipe` is what a preimage says, `named` the objects that
  /// a run's snapshot names.
  func enter(
    _ db: Database, recipe: (Digest) throws -> Recipe, named: (Digest) throws -> [Digest]
  ) throws {
    switch entry {
    case .result(let record):
      try db.save(record, as: document, recipe: try recipe(record.preimage))
    case .run(let run): try db.save(run, as: document, objects: try named(run.hash))
    case .execution(let it, let run): try db.save(it, of: run, as: document)
    case .pin(let pin): try db.save(pin, as: document)
    }
  }

  /// The labels that the document tells of, for an index that has lost them.
  func labels(startedAt times: [Digest: Double]) -> [Projection.Label] {
    switch entry {
    case .result(let record):
      record.stage.isEmpty
        ? [] : [.init(time: record.madeAt, name: record.stage, key: record.key)]
    case .run(let run):
      run.records.map { stage, key in
        .init(time: times[run.hash] ?? 0, name: "\(run.name)/\(stage)", key: key)
      }
    case .execution, .pin: []
    }
  }
}
