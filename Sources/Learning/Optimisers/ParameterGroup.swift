import Tensors

/// Parameters that share a learning rate and a decay.
public struct ParameterGroup {
  public let parameters: [Parameter]
  /// The base rate; the schedule makes of it the rate of a step.
  public let rate: Double
  public let weightDecay: Double
  /// Whether LAMB scales each array's step to the array's own length.
  public let isAdapted: Bool

  public init(
    _ parameters: [Parameter], rate: Double, weightDecay: Double = 0, isAdapted: Bool = true
  ) {
    self.parameters = parameters
    self.rate = rate
    self.weightDecay = weightDecay
    self.isAdapted = isAdapted
  }
}
