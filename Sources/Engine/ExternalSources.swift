import Documents
import Glibc
import Pipelines
import Store

/// Looks up what stages read from outside, each file and program once.
struct ExternalSources {
  let store: Store
  /// The folder that `file:` inputs are relative to.
  let folder: String
  /// Whether external files are taken into the store.
  let keepsFiles: Bool
  let options: RunOptions
  /// What was looked up: by their paths, what files and folders contain; by their names, what
  /// identifies programs.
  private(set) var files: [String: Content] = [:]
  private(set) var programs: [String: Value] = [:]
  private(set) var tools: [String: Content] = [:]

  /// What `files` name by their paths is taken from the store, wherever it may be now.
  init(
    store: Store, folder: String, keepsFiles: Bool, options: RunOptions,
    files: [String: Content] = [:]
  ) {
    self.files = files
    self.store = store
    self.folder = folder
    self.keepsFiles = keepsFiles
    self.options = options
  }

  /// Whether the files and programs are still what they were then. What cannot be looked up is not.
  mutating func still(hold files: [String: Content], programs: [String: Value]) -> Bool {
    do {
      for (path, content) in files
      where try source(.file(path), stage: "", input: path) != .file(content) {
        return false
      }
      for (name, identity) in programs where try program(name, stage: "") != identity {
        return false
      }
      return true
    } catch {
      return false
    }
  }

  mutating func source(
    _ reference: InputReference, stage: String, input: String
  ) throws -> Snapshot.Source {
    switch reference {
    case .output(let from, let output, let item):
      return .output(stage: from, output: output, item: item)
    case .file(let path):
      if let known = files[path] { return .file(known) }
      let whole = "\(folder)/\(path)"
      guard Folder.exists(whole) else {
        throw EngineError.missingFile(path, stage: stage, input: input)
      }
      if let link = linkOnTheWay(to: path) {
        throw EngineError.linkedFile(path, link: link, stage: stage, input: input)
      }
      let content =
        try keepsFiles
        ? store.put(at: whole, paranoid: options.isParanoid)
        : store.content(at: whole, paranoid: options.isParanoid)
      files[path] = content
      return .file(content)
    }
  }

  /// The first part of the path that is a symbolic link: it could lead anywhere.
  private func linkOnTheWay(to path: String) -> String? {
    var walked = folder
    for part in path.split(separator: "/") {
      walked += "/\(part)"
      var status = stat()
      if lstat(walked, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { return walked }
    }
    return nil
  }

  /// The digests of the programs that a command declares.
  mutating func tools(of work: Work, stage: String) throws -> [String: Value] {
    guard case .command(let command) = work else { return [:] }
    return try command.tools.reduce(into: [:]) { tools, name in
      tools[name] = try program(name, stage: stage)
    }
  }

  private mutating func program(_ name: String, stage: String) throws -> Value {
    if let known = programs[name] { return known }
    guard let tool = Tool.find(name, searching: options.searchPath) else {
      throw EngineError.missingTool(name, stage: stage)
    }
    let content = try store.content(at: tool.path, paranoid: options.isParanoid)
    tools[name] = content
    programs[name] = content.identity
    return content.identity
  }
}
