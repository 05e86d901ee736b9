import Documents
import Glibc
import Pipelines
import Store

extension Engine {
  /// The pipeline's stages as tasks; with `keepsFiles` its external files are taken into the store.
  ///
  /// - Throws: ``EngineError`` when a file or a declared program is not there.
  func tasks(
    of pipeline: ResolvedPipeline, folder: String, keepsFiles: Bool, options: RunOptions
  ) throws -> [StageTask] {
    var sources = Sources(
      store: store, folder: folder, keepsFiles: keepsFiles, options: options)
    return try pipeline.stages.map { stage in
      let work = try work(stage.kind, config: stage.config)
      return StageTask(
        name: stage.name, work: work, config: stage.config, keyedConfig: stage.keyedConfig,
        seed: stage.seed,
        inputs: try stage.inputs.reduce(into: [:]) { inputs, input in
          inputs[input.key] = try sources.source(input.value, stage: stage.name, input: input.key)
        },
        tools: try sources.tools(of: work, stage: stage.name), limits: stage.limits)
    }
  }
}

/// Looks up what stages read from outside, each file and program once.
private struct Sources {
  let store: Store
  let folder: String
  let keepsFiles: Bool
  let options: RunOptions
  private var files: [String: Content] = [:]
  private var programs: [String: Value] = [:]

  init(store: Store, folder: String, keepsFiles: Bool, options: RunOptions) {
    self.store = store
    self.folder = folder
    self.keepsFiles = keepsFiles
    self.options = options
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
    let identity = try store.content(at: tool.path, paranoid: options.isParanoid).identity
    programs[name] = identity
    return identity
  }
}
