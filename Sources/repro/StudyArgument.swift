import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Pipelines
import Reports
import Store

/// `--set` of commands that look at pipelines, or at runs.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Of a pipeline, overrides a param (noise.rate=0.6) or a field (stages.pretrain.epochs=5).",
      valueName: "name=value"))
  var overrides: [String] = []
}

/// What is known of a study.
struct Study {
  let title: String
  let points: [StudyPoint]
  /// What is swept.
  let axes: [String]
  /// What to tell `repro run` to have the rest; of runs nothing.
  let command: String?
}

/// A study on the command line: a pipeline file, or runs.
struct StudyArgument {
  private let words: [String]
  private let overrides: [String]

  init(_ words: [String], _ overrides: [String]) {
    self.words = words
    self.overrides = overrides
  }

  func read(by engine: Engine) throws -> Study {
    guard let file = words.first(where: Self.isPipeline) else { return try runs(by: engine) }
    guard words.count == 1 else {
      throw ValidationError("name one pipeline file and nothing else, or runs")
    }
    return try pipeline(file, by: engine)
  }

  /// A hash has neither a point nor a slash in it.
  static func isPipeline(_ word: String) -> Bool {
    word.contains(".") || word.contains("/") || FileManager.default.fileExists(atPath: word)
  }

  private func pipeline(_ file: String, by engine: Engine) throws -> Study {
    var options = try PipelineOptions.parse(["--", file])
    options.overrides = overrides
    let pipeline = try options.resolve()
    let records = try engine.results(
      of: pipeline, folder: options.folder, options: Machine.options())
    let sets = overrides.map { " --set \($0)" }.joined()
    return Study(
      title: pipeline.name,
      points: [StudyPoint(values: [], pipeline: pipeline, records: records)], axes: [],
      command: file + sets)
  }

  private func runs(by engine: Engine) throws -> Study {
    guard overrides.isEmpty else { throw ValidationError("--set goes with a pipeline file") }
    guard !words.isEmpty else { throw ValidationError("name a pipeline file, or runs") }
    let runs = try words.map { try engine.store.run(matching: $0) }
    let (points, axes) = try StudyPoint.points(of: runs, by: engine)
    let names = runs.map(\.name)
    let title = Set(names).count == 1 ? names[0] : Set(names).sorted().joined(separator: ", ")
    return Study(title: title, points: points, axes: axes, command: nil)
  }
}
