import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Glibc
import Pipelines
import Reports
import Stages
import Store

/// Where the store is.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The store's folder.", discussion: "Default: $REPRO_CACHE, else ./cache."))
  var cache: String?

  private var path: String {
    Machine.absolute(cache ?? Machine.environment("REPRO_CACHE") ?? "cache")
  }

  /// Opens the store; `create` makes one where none is.
  func open(create: Bool = false) throws -> Store {
    try Store(at: path, create: create, testHook: TestHook.hook)
  }

  func engine(create: Bool = false) throws -> Engine {
    try Self.engine(over: open(create: create))
  }

  static func engine(over store: Store) throws -> Engine {
    Engine(
      store: store, kinds: .builtIn, program: try Machine.executable(),
      arguments: [JobCommand.name],
      numbers: { ArtefactDifference.largest($0, $1, within: $2) })
  }
}

/// A pipeline file and the overrides of it.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Overrides a param (noise.rate=0.6) or a field (stages.pretrain.epochs=5).",
      valueName: "name=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("sweep"),
    help: ArgumentHelp(
      "Runs at several values of a param (noise.rate=0.2,0.4) or over a range (seed=1..3).",
      valueName: "name=values"))
  var sweeps: [String] = []

  @Flag(help: "Read external files again though nothing about them has changed.")
  var paranoid = false

  /// What is asked for, not yet looked into.
  func request() throws -> RunRequest {
    // A device or a pipe might never end.
    var status = stat()
    guard stat(pipeline, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let data = FileManager.default.contents(atPath: pipeline)
    else {
      throw ValidationError("cannot read the pipeline file '\(pipeline)'")
    }
    return RunRequest(
      pipeline: [UInt8](data), file: pipeline, overrides: overrides, sweeps: sweeps)
  }

  /// The same again on a command line.
  var words: String {
    ([ShellWord.quoted(pipeline)] + overrides.map { "--set \(ShellWord.quoted($0))" }
      + sweeps.map { "--sweep \(ShellWord.quoted($0))" }).joined(separator: " ")
  }

  /// The pipeline at its one point.
  func resolve() throws -> ResolvedPipeline { try study().onlyPoint(file: pipeline).pipeline }

  func study() throws -> Study { try study(request()) }

  func study(_ request: RunRequest) throws -> Study {
    try Pipelines.resolve(
      study: request.pipeline, file: request.file, overrides: request.overrides,
      sweeps: request.sweeps, kinds: KindRegistry.builtIn.signatures)
  }

  /// The folder that `file:` inputs are relative to.
  var folder: String {
    let whole = Machine.absolute(pipeline)
    return String(whole[..<(whole.lastIndex(of: "/") ?? whole.startIndex)])
  }
}

/// How much of the machine stages may use.
struct ResourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Stages that run at once.", discussion: "Default: the number of cores."))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Threads that running stages share.", discussion: "Default: the number of cores."))
  var threads: Int?

  func validate() throws {
    guard jobs ?? 1 >= 1, jobs ?? 1 <= 1024 else { throw ValidationError("--jobs is 1 to 1024") }
    guard threads ?? 1 >= 1, threads ?? 1 <= 1024 else {
      throw ValidationError("--threads is 1 to 1024")
    }
    guard stateSteps ?? 1 >= 1 else { throw ValidationError("--state-steps is 1 or more") }
    if let memory, byteCount(in: .string(memory)) == nil {
      throw ValidationError("--memory is a size like 500MB or 16GiB")
    }
  }

  @Option(
    help: ArgumentHelp(
      "Memory that the running stages may declare in all, like 16GiB.",
      discussion: "Default: the machine's."))
  var memory: String?

  @Option(
    help: ArgumentHelp(
      "Keep the state of a training after every so many steps and every epoch.",
      discussion: "Default: after an epoch, and after a minute of a long one.", valueName: "steps"))
  var stateSteps: Int?

  func options(force: [String] = []) -> RunOptions {
    var options = Machine.options(force: force)
    options.jobs = jobs ?? options.jobs
    options.threads = threads ?? options.threads
    options.memory = memory.flatMap { byteCount(in: .string($0)) } ?? options.memory
    if let stateSteps { options.settings["state-steps"] = String(stateSteps) }
    return options
  }
}

/// How a listing is printed.
struct FormatOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "How to print: text or json.")
  var format: Format = .text

  /// Prints the document, or else the text.
  func print(_ document: @autoclosure () throws -> Value, text: () throws -> String) rethrows {
    try Self.print(asJSON: format == .json, document, text: text)
  }

  static func print(
    asJSON isJSON: Bool, _ document: () throws -> Value, text: () throws -> String
  ) rethrows {
    Console.print(
      try isJSON
        ? document().json(pretty: true)
        : Console.printable(lines: text(), most: .max, limit: .max))
  }
}
