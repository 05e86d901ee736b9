import Store

/// The names under which things are pinned, for listings.
struct PinNames {
  private var names: [PinTarget: [String]] = [:]
  /// Of results that are pinned with their run.
  private var ofRuns: [Digest: [String]] = [:]

  init(_ store: Store) throws {
    for pin in try store.pins() {
      names[pin.target, default: []].append(pin.name)
      guard case .run(let hash) = pin.target else { continue }
      for result in try store.results(ofRun: hash) {
        ofRuns[result.key, default: []].append(pin.name)
      }
    }
  }

  func callAsFunction(_ target: PinTarget) -> [String] {
    if names.isEmpty { return [] }
    let own = names[target] ?? []
    guard case .result(let key) = target else { return own }
    return own + (ofRuns[key] ?? [])
  }
}
