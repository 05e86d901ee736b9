public import Pipelines
public import Store

extension Engine {
  /// The recorded results of the pipeline's stages by name, evicted ones too, as far as there are any.
  ///
  /// Whether their objects are sound is not looked at. Computes and changes nothing.
  /// - Throws: ``EngineError`` when a file or a declared program is not there; `StoreError`.
  public func results(
    of pipeline: ResolvedPipeline, folder: String, options: RunOptions
  ) throws -> [String: Record] {
    var sources = ExternalSources(
      store: store, folder: folder, keepsFiles: false, options: options)
    let tasks = try tasks(of: pipeline, reading: &sources)
    return try store.lookingUp {
      var records: [String: Record] = [:]
      for task in tasks where task.upstream.allSatisfy({ records[$0] != nil }) {
        // What cannot be read, such as the list of an evicted folder, has led to no result here.
        guard let contents = try? task.contents(in: store, from: { records[$0] }) else { continue }
        records[task.name] = try store.record(for: task.preimage(contents).key)
      }
      return records
    }
  }
}
