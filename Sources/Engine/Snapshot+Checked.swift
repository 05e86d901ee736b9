import Documents
import Pipelines

extension Snapshot.Stage {
  /// Whether the stage could be one of a pipeline file. A snapshot may come from anybody, and names and paths
  /// in it become those of files.
  var couldBeWritten: Bool {
    let outputs = (preimage.value["outputs"]?.list ?? []).map(\.string)
    guard isStageName(name), inputs.keys.allSatisfy(isPlaceName),
      outputs.allSatisfy({ $0.map(isPlaceName) == true })
    else { return false }
    guard preimage.kind == CommandFields.kind, let config = preimage.config else { return true }
    // A command's own words are read as those of a file are.
    let stage = ResolvedStage(
      name: name, kind: CommandFields.kind, inputs: inputs.mapValues { _ in .file("any") },
      config: config, seed: preimage.seed)
    let pipeline = ResolvedPipeline(name: "any", seed: 1, params: [:], stages: [stage])
    let read = try? ResolvedPipeline(value: pipeline.value, origin: "snapshot", kinds: [])
    return read?.stages.first?.config == config
  }
}
