package import Pipelines
package import Store

extension Preimage {
  /// The preimage that a run would write of a resolved stage, were these the contents of its inputs and
  /// of the programs that it declares.
  package init(
    of stage: ResolvedStage, kinds: KindRegistry, inputs: [String: Content],
    tools: [String: Content] = [:]
  ) throws {
    let work: Work
    if stage.kind == CommandFields.kind, let command = Command(config: stage.config) {
      work = .command(command)
    } else if let kind = kinds.kind(named: stage.kind) {
      work = .kind(kind)
    } else {
      throw EngineError.otherKindVersion(stage.kind, version: 1)
    }
    let task = StageTask(
      name: stage.name, work: work, config: stage.config, keyedConfig: stage.keyedConfig,
      seed: stage.seed, inputs: [:], tools: tools.mapValues(\.identity), limits: stage.limits)
    self = task.preimage(inputs)
  }
}
