/// `(x - mean) / std`, each channel with its own figures or all with one, in binary32.
public struct ImageNormalisation: Sendable, Hashable, ImageStep {
  public let mean: [Float]
  public let std: [Float]

  public init(mean: [Float] = [0], std: [Float] = [1]) {
    guard mean.count == std.count, !mean.isEmpty, std.allSatisfy({ $0 != 0 && $0.isFinite }) else {
      fatalError("image normalisation: mean \(mean), std \(std)")
    }
    self.mean = mean
    self.std = std
  }

  /// What a black pixel becomes, channel by channel.
  public var black: [Float] { zip(mean, std).map { (0 - $0) / $1 } }

  var purposes: [String] { [] }

  func apply(to image: ImageValues, words: [UInt32]) {
    change(image) { x, mean, std in (x - mean) / std }
  }

  /// `x · std + mean`, two roundings.
  func undo(on image: ImageValues) {
    change(image) { x, mean, std in x * std + mean }
  }

  private func change(_ image: ImageValues, _ f: (Float, Float, Float) -> Float) {
    guard mean != [0] || std != [1] else { return }
    for channel in 0..<image.channels {
      let place = mean.count == 1 ? 0 : channel
      let plane = image.plane(channel)
      for i in plane.indices { plane[i] = f(plane[i], mean[place], std[place]) }
    }
  }
}
