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

  @Option(
    name: .customLong("sweep"),
    help: ArgumentHelp(
      "Of a pipeline, looks at several values of a param, as 'repro run --sweep' ran it.",
      valueName: "name=values"))
  var sweeps: [String] = []

  /// What these say again on a command line.
  var words: [String] {
    overrides.map { "--set \(ShellWord.quoted($0))" }
      + sweeps.map { "--sweep \(ShellWord.quoted($0))" }
  }
}

/// A study, and what is on record of its points.
struct StudyOnRecord {
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
  private let options: OverrideOptions

  init(_ words: [String], _ options: OverrideOptions) {
    self.words = words
    self.options = options
  }

  func read(by engine: Engine) throws -> StudyOnRecord {
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

  private func pipeline(_ file: String, by engine: Engine) throws -> StudyOnRecord {
    var pipeline = try PipelineOptions.parse(["--", file])
    pipeline.overrides = options.overrides
    pipeline.sweeps = options.sweeps
    let study = try pipeline.study()
    let axes = study.varied.map(\.name)
    let points = try engine.points(
      of: study, folder: pipeline.folder, options: Machine.options())
    return StudyOnRecord(
      title: study.name,
      points: points.map { point in
        StudyPoint(
          values: point.values.filter { axes.contains($0.name) }, pipeline: point.pipeline,
          records: point.records, runHash: point.runHash)
      },
      axes: axes, command: ([ShellWord.quoted(file)] + options.words).joined(separator: " "))
  }

  private func runs(by engine: Engine) throws -> StudyOnRecord {
    guard options.words.isEmpty else {
      throw ValidationError("--set and --sweep go with a pipeline file")
    }
    let runs = try words.map { try engine.store.run(matching: $0) }
    let (points, axes) = try StudyPoint.points(of: runs, by: engine)
    let names = runs.map(\.name)
    let title = Set(names).count == 1 ? names[0] : Set(names).sorted().joined(separator: ", ")
    return StudyOnRecord(title: title, points: points, axes: axes, command: nil)
  }
}
