/// What a collection keeps.
///
/// Pins stay, always, with all that they lead to. With neither ``keepRuns`` nor ``keepSeconds``
/// every run and every result stays, also those of runs that were never finished; with both, what
/// either keeps.
public struct CollectionPolicy: Hashable, Sendable {
  /// How many of the newest runs of each pipeline stay, with the results they are made of.
  public var keepRuns: Int?
  /// How old a run's last execution, or a result, may be at most to stay.
  public var keepSeconds: Double?
  /// How many bytes all objects may take. Beyond, results are evicted: the least seconds to make
  /// them again for each byte that comes free go first.
  public var budget: Int?
  /// Kinds of results that are never evicted, since they bring in bytes from outside.
  public var irreplaceableKinds: Set<String>
  /// Takes the states of unfinished stages, too.
  public var takesPartial: Bool
  /// The time now, in seconds since 1970.
  public var now: Double

  public init(
    keepRuns: Int? = nil, keepSeconds: Double? = nil, budget: Int? = nil,
    irreplaceableKinds: Set<String> = [], takesPartial: Bool = false, now: Double = 0
  ) {
    self.keepRuns = keepRuns
    self.keepSeconds = keepSeconds
    self.budget = budget
    self.irreplaceableKinds = irreplaceableKinds
    self.takesPartial = takesPartial
    self.now = now
  }

  var keepsAll: Bool { keepRuns == nil && keepSeconds == nil }

  /// Whether that moment is too recent to be collected.
  func isYoung(_ moment: Double?) -> Bool {
    guard let keepSeconds, let moment else { return false }
    return moment >= now - keepSeconds
  }
}
