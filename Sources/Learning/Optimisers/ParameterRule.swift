import Tensors

/// What differs for the parameters that a pattern names: a rate, a decay, or that they stay as they are.
public struct ParameterRule: Sendable, Hashable {
  public enum Selection: Sendable, Hashable {
    case names(NamePattern)
    /// Arrays of at most one axis: biases, and batch norm's γ and β.
    case vectors
  }

  public var selection: Selection
  /// Times the base rate.
  public var rateFactor: Double
  /// In place of the common one, where given.
  public var weightDecay: Double?
  /// See `ParameterGroup.isAdapted`.
  public var isAdapted: Bool
  /// Frozen parameters get no gradient, no decay and no optimiser state.
  public var isFrozen: Bool

  public init(
    _ selection: Selection, rateFactor: Double = 1, weightDecay: Double? = nil,
    isAdapted: Bool = true, isFrozen: Bool = false
  ) {
    self.selection = selection
    self.rateFactor = rateFactor
    self.weightDecay = weightDecay
    self.isAdapted = isAdapted
    self.isFrozen = isFrozen
  }

  func matches(_ parameter: Parameter) -> Bool {
    switch selection {
    case .names(let pattern): pattern.matches(parameter.name)
    case .vectors: parameter.tensor.rank <= 1
    }
  }
}

extension ParameterRule: CustomStringConvertible {
  /// `conv* frozen`, `fc.* rate=10 decay=0`, `vectors decay=0 plain`; `init(parsing:)` reads it.
  public var description: String {
    var words =
      switch selection {
      case .names(let pattern): ["\(pattern)"]
      case .vectors: ["vectors"]
      }
    if rateFactor != 1 { words.append("rate=\(rateFactor)") }
    if let weightDecay { words.append("decay=\(weightDecay)") }
    if !isAdapted { words.append("plain") }
    if isFrozen { words.append("frozen") }
    return words.joined(separator: " ")
  }

  /// A pattern of names, or `vectors`, and at least one of `rate=FACTOR`, `decay=NUMBER`, `plain` (no trust
  /// ratio) and `frozen`.
  public init?(parsing text: String) {
    let words = text.split(separator: " ")
    guard let first = words.first, words.count > 1 else { return nil }
    self.init(first == "vectors" ? .vectors : .names(NamePattern(String(first))))
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1)
      let number = parts.count == 2 ? Double(parts[1]) : nil
      switch (parts.first, number) {
      case ("rate", let factor?) where 0...1e6 ~= factor: rateFactor = factor
      case ("decay", let decay?) where 0...1e6 ~= decay: weightDecay = decay
      case ("plain", nil) where parts.count == 1: isAdapted = false
      case ("frozen", nil) where parts.count == 1: isFrozen = true
      default: return nil
      }
    }
  }
}

extension [ParameterRule] {
  /// The groups that these rules make of parameters: one for each rule that some parameter meets first, in
  /// the order of the rules, and last one for the rest. Frozen parameters are in none.
  public func groups(
    of parameters: [Parameter], rate: Double, weightDecay: Double = 0
  ) -> [ParameterGroup] {
    let choices = parameters.map { parameter in firstIndex { $0.matches(parameter) } ?? count }
    return (0...count).compactMap { choice in
      let members = zip(parameters, choices).filter { $0.1 == choice }.map(\.0)
      guard choice < count else {
        return members.isEmpty ? nil : ParameterGroup(members, rate: rate, weightDecay: weightDecay)
      }
      let rule = self[choice]
      guard !members.isEmpty, !rule.isFrozen else { return nil }
      return ParameterGroup(
        members, rate: rate * rule.rateFactor, weightDecay: rule.weightDecay ?? weightDecay,
        isAdapted: rule.isAdapted)
    }
  }

  /// Whether the first rule that a parameter meets freezes it.
  public func freezes(_ parameter: Parameter) -> Bool {
    first { $0.matches(parameter) }?.isFrozen ?? false
  }
}
