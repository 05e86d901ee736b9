public import Documents
import Glibc

/// The folder in which a stage keeps its state, so that it can go on after it was killed, or go on for
/// longer than it was first asked to.
///
/// ```
/// state.json   how far it is, and the contents of what is beside it; replaced as a whole
/// data-…       what it needs to go on
/// outputs/     what it has made so far
/// files/       what a command keeps, which knows itself what that is
/// .lock        held by the run that has taken the folder
/// .worker      held by the process that works in it, which outlives a killed run by a moment
/// ```
public struct PartialFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  public var outputs: String { "\(path)/outputs" }
  public var files: String { "\(path)/files" }
  private var document: String { "\(path)/state.json" }

  // MARK: Reading

  /// The last state that was kept; `nil` if there is none, or it is not what was written. What there is among
  /// the outputs is another question.
  public func state() throws -> PartialState? {
    guard let state = try note(),
      let data = try OpenFile.readingIfThere("\(path)/\(state.data.name)"),
      try data.status().size == state.data.size, try data.digest() == state.data.digest
    else { return nil }
    return state
  }

  /// What stands in the document, whether or not the data is there.
  func note() throws -> PartialState? {
    guard let file = try OpenFile.readingIfThere(document) else { return nil }
    return PartialState(bytes: try file.bytes())
  }

  /// When it was last written, in seconds since 1970.
  func lastWritten() throws -> Double {
    let status = try FileStatus.at(document) ?? FileStatus.at(path)
    return status.map { Double($0.stamp.modified) / 1e9 } ?? 0
  }

  /// The path of the stage's own data.
  public func data(of state: PartialState) -> String { "\(path)/\(state.data.name)" }

  /// Whether every file that the state counts on is among the outputs.
  func isWhole(_ state: PartialState) throws -> Bool {
    try state.files.allSatisfy { try holds($0.key, $0.value) }
  }

  private func holds(_ name: String, _ content: Content) throws -> Bool {
    guard let file = try OpenFile.readingIfThere("\(outputs)/\(name)") else { return false }
    return try file.status().size == content.size && file.digest() == content.digest
  }

  // MARK: Preparing

  /// Leaves among the outputs what the state counts on and nothing else; `fetch` brings what is missing to
  /// a path. Without a state, or where something cannot be had, the folder is empty then.
  ///
  /// - Returns: the state that can be gone on from.
  @discardableResult
  public func restore(
    _ state: PartialState?, fetch: (Content, _ path: String) throws -> Bool = { _, _ in false }
  ) throws -> PartialState? {
    guard let state else { return try clear() }
    for (name, content) in state.files where try !holds(name, content) {
      let place = "\(outputs)/\(name)"
      Folder.remove(place)
      try Folder.make(Folder.parent(of: place))
      guard try fetch(content, place) else { return try clear() }
    }
    for path in try paths(below: "") where state.files[path] == nil {
      Folder.remove("\(outputs)/\(path)")
    }
    for name in try Folder.names(at: path) where name.hasPrefix("data-") && name != state.data.name
    {
      Folder.remove("\(path)/\(name)")
    }
    return state
  }

  /// Removes everything but the locks.
  @discardableResult
  public func clear() throws -> PartialState? {
    for name in try Folder.names(at: path) where !name.hasPrefix(".") {
      Folder.remove("\(path)/\(name)")
    }
    return nil
  }

  /// The stage is done and its outputs are stored: the state alone stays.
  public func removeOutputs() { Folder.remove(outputs) }

  /// Of all files among the outputs.
  private func paths(below prefix: String) throws -> [String] {
    try Folder.names(at: "\(outputs)/\(prefix)").flatMap { name -> [String] in
      let path = prefix + name
      let isFolder = try FileStatus.at("\(outputs)/\(path)")?.kind == .folder
      return isFolder ? try paths(below: "\(path)/") : [path]
    }
  }

  // MARK: Writing

  /// Keeps a state in place of the last one: durable when this returns, and until then the last one stands.
  ///
  /// `files` are the outputs that are final, by their paths in the folder of these; those that the last
  /// state counted on are not read again. `write` makes the file of the stage's own data.
  public func save(
    done: Int, seconds: Double, note: Value, files: [String], after last: PartialState?,
    write: (_ path: String) throws -> Void
  ) throws -> PartialState {
    var contents: [String: Content] = [:]
    for name in files {
      contents[name] = try last?.files[name] ?? durableContent(of: "\(outputs)/\(name)")
    }
    let number = last.flatMap { Int($0.data.name.dropFirst("data-".count)) } ?? 0
    let name = "data-\(number + 1)"
    Folder.remove("\(path)/\(name)")
    try write("\(path)/\(name)")
    let data = try durableContent(of: "\(path)/\(name)")
    let state = PartialState(
      done: done, seconds: seconds, note: note, files: contents,
      data: (name, data.digest, data.size))
    try replaceDocument(by: state.bytes)
    if let last { Folder.remove(self.data(of: last)) }
    return state
  }

  private func durableContent(of path: String) throws -> Content {
    let file = try OpenFile.reading(path)
    let content = try file.content()
    try file.sync()
    try Folder.sync(Folder.parent(of: path))
    return content
  }

  private func replaceDocument(by bytes: [UInt8]) throws {
    let new = "\(document).new"
    let file = try OpenFile(new, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.sync()
    try file.close()
    guard rename(new, document) == 0 else {
      throw StoreError.system("rename", path: document, errno: errno)
    }
    try Folder.sync(path)
  }
}
