import Documents
import Pipelines
import Store

extension Engine {
  /// The pipeline's stages as tasks, which read the `sources`.
  ///
  /// - Throws: ``EngineError`` when a file or a declared program is not there.
  func tasks(
    of pipeline: ResolvedPipeline, reading sources: inout ExternalSources
  ) throws -> [StageTask] {
    try pipeline.stages.map { stage in
      let work = try work(stage.kind, config: stage.config)
      return StageTask(
        name: stage.name, work: work, config: stage.config, keyedConfig: stage.keyedConfig,
        seed: stage.seed,
        inputs: try stage.inputs.reduce(into: [:]) { inputs, input in
          inputs[input.key] = try sources.source(input.value, stage: stage.name, input: input.key)
        },
        tools: try sources.tools(of: work, stage: stage.name), limits: stage.limits,
        reproducible: stage.reproducible)
    }
  }
}
