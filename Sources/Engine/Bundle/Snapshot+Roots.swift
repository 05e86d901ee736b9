import Store

extension Snapshot {
  /// What a bundle of the run has to have: the snapshot, files from outside, and the outputs of those
  /// results whose bytes go with it, and the executable if that does. All else that is needed follows from these.
  ///
  func roots(_ results: [Digest: BundleManifest.Result], engine: Content?) -> [BundleRoot] {
    var roots = [BundleRoot(path: "snapshot", content: Content(hashing: canonicalBytes))]
    if let engine { roots.append(BundleRoot(path: "engine", content: engine)) }
    let stages = stages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for stage in stages {
      for (input, source) in stage.inputs.sorted(by: { $0.key < $1.key }) {
        guard case .file(let content) = source else { continue }
        roots.append(BundleRoot(path: "inputs/\(stage.name)/\(input)", content: content))
      }
      guard let result = results[stage.preimage.key], result.hasBytes else { continue }
      for (output, content) in result.outputs.sorted(by: { $0.key < $1.key }) {
        roots.append(BundleRoot(path: "outputs/\(stage.name)/\(output)", content: content))
      }
    }
    return roots
  }
}
