import Store

extension Snapshot {
  /// What a bundle of the run has to have: the snapshot, files from outside, and the outputs of those
  /// results whose bytes go with it. All else that is needed follows from these.
  ///
  /// The executable that computed the run would be one root more.
  func roots(_ results: [Digest: BundleManifest.Result]) -> [BundleRoot] {
    var roots = [BundleRoot(path: "snapshot", content: Content(hashing: canonicalBytes))]
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
