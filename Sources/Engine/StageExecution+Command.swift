import Documents
import Glibc
import Pipelines
import Store
import Synchronization

/// Stages that run a command: any program, told what it needs by its environment.
extension StageExecution {
  func run(
    _ command: Command, killedAfter: Double?,
    onEvent: @escaping @Sendable (StageEvent) -> Void
  ) async throws {
    let sandbox = command.isSandboxed ? await sandbox.result() : nil
    if command.isSandboxed, sandbox == nil { onEvent(.notice(SandboxProbe.warning)) }
    if let kept = state?.folder.files, !Folder.names(in: kept).isEmpty {
      onEvent(.resumed(after: "what it kept before", seconds: 0))
    }
    let (process, inputs) = try await offPool { () -> (ChildProcess, [String: [Int]]) in
      let bound = try layOut(command, binds: sandbox != nil)
      var process = try childProcess(command, sandbox, bound: bound)
      process.killedAfter = killedAfter
      return (process, sandbox == nil ? stamps(command) : [:])
    }
    var end = try await finish(process, isSandboxed: sandbox != nil)
    if end == .killed { throw KilledAsPlanned() }
    // bubblewrap passes a signal on as a shell does.
    if sandbox != nil, case .exited(let code) = end, (129...192).contains(code) {
      end = .signaled(code - 128)
    }
    if let complaint = end.complaint {
      throw EngineError.endedEarly(status: complaint, log: folder.lastLines(10))
    }
    guard sandbox != nil || stamps(command) == inputs else {
      throw EngineError.changedInput(stage: task.name)
    }
  }

  /// Runs the process to its end and kills what is left of it.
  private func finish(_ process: ChildProcess, isSandboxed: Bool) async throws -> ChildProcess.End {
    let end: ChildProcess.End
    do {
      end = try await process.run()
      // A sandbox takes along whatever is left in it at the end of its command.
      if isSandboxed, end.isOfItself { return end }
    } catch {
      await offPool { Stragglers.end(ofParams: folder.params) }
      throw error
    }
    await offPool { Stragglers.end(ofParams: folder.params) }
    return end
  }

  /// Makes the command's folder with its inputs and with the folders that its outputs lie in.
  ///
  /// - Returns: files that are to be bound into the sandbox, where they are to appear.
  private func layOut(
    _ command: Command, binds: Bool
  ) throws -> [(path: String, at: String)] {
    for path in [folder.files, folder.temporary, "\(folder.files)/inputs"] { try Folder.make(path) }
    try Folder.write(Array(command.params.json().utf8), to: folder.params)
    let places =
      contents.keys.map { command.path(ofInput: $0) } + Array(command.outputs.values)
      + [command.checkpoints].compactMap { $0 }
    for place in places { try makeParents(of: place) }
    var bound: [(path: String, at: String)] = []
    for (name, content) in contents.sorted(by: { $0.key < $1.key }) {
      let place = command.path(ofInput: name)
      if binds, content.kind == .file {
        bound.append((try store.checkedPath(of: content), place))
      } else {
        try store.deliver(content, to: "\(folder.files)/\(place)")
        if binds { bound.append(("\(folder.files)/\(place)", place)) }
      }
    }
    if let place = command.checkpoints { try layOutCheckpoints(at: place, binds: binds) }
    return bound
  }

  /// The folder in which the command keeps what it can go on from; one of its own where it cannot be had.
  private func layOutCheckpoints(at place: String, binds: Bool) throws {
    guard let kept = state?.folder.files else { return try Folder.make("\(folder.files)/\(place)") }
    try Folder.makeIfMissing(kept)
    if binds { return try Folder.make("\(folder.files)/\(place)") }
    guard symlink(kept, "\(folder.files)/\(place)") == 0 else {
      throw EngineError.system("symlink", path: place, errno: errno)
    }
  }

  private func makeParents(of place: String) throws {
    var walked = folder.files
    for part in place.split(separator: "/").dropLast() {
      walked += "/\(part)"
      guard mkdir(walked, 0o755) == 0 || errno == EEXIST else {
        throw EngineError.system("mkdir", path: walked, errno: errno)
      }
    }
  }

  private func childProcess(
    _ command: Command, _ sandbox: Sandbox?, bound: [(path: String, at: String)]
  ) throws -> ChildProcess {
    let arguments = command.arguments
    let names = command.tools + [command.program ?? ""]
    let tools = names.compactMap { Tool.find($0, searching: options.searchPath) }
    let root = sandbox == nil ? folder.files : Sandbox.folder
    var environment = variables(of: command, root: root, isSandboxed: sandbox != nil)
    environment.merge(command.variables) { _, declared in declared }
    guard let sandbox else {
      let name = arguments.first ?? ""
      guard let tool = Tool.find(name, searching: options.searchPath, from: folder.files) else {
        throw EngineError.missingTool(name, stage: task.name)
      }
      return ChildProcess(
        program: tool.paths[0], arguments: Array(arguments.dropFirst()), environment: environment,
        folder: folder.files, log: folder.log, timeout: task.limits.timeout)
    }
    let view = Sandbox.View(
      files: folder.files, temporary: folder.temporary, params: folder.params, inputs: bound,
      homes: Set(tools.flatMap(\.homes)).sorted(),
      kept: command.checkpoints.flatMap { place in
        state.map { (path: $0.folder.files, at: place) }
      })
    return ChildProcess(
      program: sandbox.program, arguments: sandbox.arguments(view) + ["--"] + arguments,
      environment: environment, folder: folder.files, log: folder.log,
      timeout: task.limits.timeout)
  }

  /// What every command is told, and the little that programs cannot do without.
  private func variables(
    of command: Command, root: String, isSandboxed: Bool
  ) -> [String: String] {
    let temporary = isSandboxed ? "/tmp" : folder.temporary
    var variables = [
      "PATH": options.searchPath, "HOME": temporary, "TMPDIR": temporary, "LANG": "C.UTF-8",
      "TZ": "UTC", "REPRO_THREADS": String(threads),
      // Elsewhere in a sandbox, which sees to it; outside this tells whose process it is.
      Stragglers.variable: folder.params,
    ]
    if let seed = task.seed { variables["REPRO_SEED"] = String(seed) }
    for name in contents.keys {
      variables["REPRO_INPUT_\(Self.variable(name))"] = "\(root)/\(command.path(ofInput: name))"
    }
    if let path = command.checkpoints { variables["REPRO_CHECKPOINTS"] = "\(root)/\(path)" }
    for (name, path) in command.outputs {
      variables["REPRO_OUTPUT_\(Self.variable(name))"] = "\(root)/\(path)"
    }
    return variables
  }

  private static func variable(_ name: String) -> String {
    name.uppercased().replacing("-", with: "_")
  }

  /// What the file system says of the inputs: another answer afterwards means that the command has
  /// changed what it was to read. In the sandbox it cannot.
  private func stamps(_ command: Command) -> [String: [Int]] {
    var stamps: [String: [Int]] = [:]
    for name in contents.keys {
      for path in Folder.files(below: "\(folder.files)/\(command.path(ofInput: name))") {
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        stamps[path] = [
          status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, Int(status.st_ino),
        ]
      }
    }
    return stamps
  }
}

/// Finds out once whether commands can be run in a sandbox here.
final class SandboxProbe: Sendable {
  static let warning =
    "bubblewrap is missing or does not work here: commands see undeclared files and the network"

  private let path: String
  private let probe = Mutex<Task<Sandbox?, Never>?>(nil)

  init(searching path: String) { self.path = path }

  func result() async -> Sandbox? {
    let task = probe.withLock { probe in
      let task = probe ?? Task.detached { [path] in await Sandbox.probe(searching: path) }
      probe = task
      return task
    }
    return await task.value
  }
}
