import Documents
public import Pipelines
public import Store

/// The pipeline that a run is of, and what it read from outside.
public struct RecordedPipeline: Sendable {
  public let pipeline: ResolvedPipeline
  /// What its inputs `file:PATH` contained, by these paths.
  public let files: [String: Content]
  /// How it was asked for, if that is on record.
  public let origin: Origin?
}

extension Engine {
  /// The pipeline of a recorded run, as it was last asked for; or, where that is not on record, as the
  /// snapshot alone has it, with file names of its own.
  ///
  /// - Throws: `PipelineErrors` when the kinds have changed so that it does not fit them any more;
  ///   ``EngineError``, `StoreError` when the record is incomplete.
  public func pipeline(of run: Run) throws -> RecordedPipeline {
    let origin = run.executions.lazy.compactMap { store.origin(of: $0) }.first
    let name = "run \(run.hash.description.prefix(12))"
    if let origin {
      return RecordedPipeline(
        pipeline: try ResolvedPipeline(
          value: origin.resolved, origin: name, kinds: kinds.signatures),
        files: origin.files, origin: origin)
    }
    var files: [String: Content] = [:]
    let stages = try store.snapshot(run.hash).stages.map { stage in
      ResolvedStage(
        name: stage.name, kind: stage.preimage.kind ?? "",
        inputs: Dictionary(
          uniqueKeysWithValues: stage.inputs.map { input, source in
            switch source {
            case .output(let from, let output, let item):
              return (input, .output(stage: from, output: output, item: item))
            case .file(let content):
              let path = "files/\(input)-\(content.digest.description.prefix(8))"
              files[path] = content
              return (input, .file(path))
            }
          }),
        config: stage.preimage.config ?? [:], seed: stage.preimage.seed,
        reproducible: stage.reproducible)
    }
    let known = ResolvedPipeline(name: run.name, seed: 1, params: [:], stages: stages)
    return RecordedPipeline(
      pipeline: try ResolvedPipeline(value: known.value, origin: name, kinds: kinds.signatures),
      files: files, origin: nil)
  }
}

extension RecordedPipeline {
  /// The same, with every file below the folder of the pipeline file, under `files/` if it was elsewhere.
  public var gathered: RecordedPipeline {
    var files: [String: Content] = [:]
    let stages = pipeline.stages.map { stage in
      stage.reading(
        stage.inputs.mapValues { reference in
          guard case .file(let path) = reference, let content = self.files[path] else {
            return reference
          }
          let parts = path.split(separator: "/")
          let isBelow = !path.hasPrefix("/") && !parts.contains("..")
          let name = parts.last { $0 != ".." && $0 != "." } ?? "data"
          let place = isBelow ? path : "files/\(content.digest.description.prefix(8))-\(name)"
          files[place] = content
          return .file(place)
        })
    }
    return RecordedPipeline(
      pipeline: ResolvedPipeline(
        name: pipeline.name, seed: pipeline.seed, params: pipeline.params, stages: stages,
        results: pipeline.results, choice: pipeline.choice),
      files: files, origin: origin)
  }
}
