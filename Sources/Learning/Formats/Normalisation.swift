/// How stored inputs become what a network sees: `(x / scale - mean) / std`, in binary32, per channel.
public struct Normalisation: Hashable, Sendable {
  public let scale: Double
  /// One for all channels, or one a channel.
  public let mean: [Double]
  public let std: [Double]

  /// `scale` and each of `std` are finite and not 0, also as binary32; `mean` has as many as `std`, one at
  /// least.
  public init(scale: Double = 1, mean: [Double] = [0], std: [Double] = [1]) {
    guard Self.isSound(scale: scale, mean: mean, std: std) else {
      fatalError("normalisation: scale \(scale), mean \(mean), std \(std)")
    }
    self.scale = scale
    self.mean = mean
    self.std = std
  }

  static func isSound(scale: Double, mean: [Double], std: [Double]) -> Bool {
    let divisors = ([scale] + std).map { Float($0) }
    return mean.count == std.count && !mean.isEmpty && mean.allSatisfy { Float($0).isFinite }
      && divisors.allSatisfy { $0.isFinite && $0 != 0 }
  }

  /// One channel's figures in binary32, ready for many values.
  struct Channel {
    let scale: Float
    let mean: Float
    let std: Float

    /// Two divisions: a product with the reciprocal rounds differently.
    @inline(__always) func normalised(_ x: Float) -> Float { (x / scale - mean) / std }
  }

  /// The figures of each of `count` channels.
  func channels(_ count: Int) -> [Channel] {
    (0..<count).map { channel in
      let place = mean.count == 1 ? 0 : channel
      return Channel(scale: Float(scale), mean: Float(mean[place]), std: Float(std[place]))
    }
  }
}
