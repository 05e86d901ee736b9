import Tensors

/// The residual networks of He et al.; names, order and initial values are torchvision's.
public struct ResNet: Sendable, Hashable {
  /// The number of layers with weights.
  public enum Depth: Int, Sendable, Hashable, CaseIterable {
    case layers18 = 18
    case layers34 = 34
    case layers50 = 50
  }

  /// How the network begins.
  public enum Stem: String, Sendable, Hashable, CaseIterable {
    /// 3×3, padded, for small images: 32×32 stay so.
    case small
    /// 3×3 without padding.
    case unpadded
    /// 7×7 with stride 2, then a 3×3 maximum with stride 2: a quarter of the height and width.
    case imagenet
  }

  public var depth: Depth
  /// Batch norm and ReLU before each convolution, not after (He et al., ECCV 2016), and once more at the
  /// end. The first block's shortcut begins after its activation, as the paper has it; projections are
  /// convolutions alone.
  public var isPreActivation: Bool
  /// `nil`: `small` for images of up to 40 rows and columns, else `imagenet`.
  public var stem: Stem?

  public init(_ depth: Depth, isPreActivation: Bool = false, stem: Stem? = nil) {
    self.depth = depth
    self.isPreActivation = isPreActivation
    self.stem = stem
  }
}

extension ResNet {
  private var blocks: [Int] { depth == .layers18 ? [2, 2, 2, 2] : [3, 4, 6, 3] }
  private var hasBottlenecks: Bool { depth == .layers50 }

  func layers(_ b: inout NetworkBuilder, classes: Int) throws(ShapeError) -> [any Layer] {
    try b.requireImages("resnet")
    var layers = try stemLayers(&b)
    for (stage, count) in blocks.enumerated() {
      for index in 0..<count {
        let name = "layer\(stage + 1).\(index)"
        let stride = stage > 0 && index == 0 ? 2 : 1
        layers.append(
          isPreActivation
            ? try preActivationBlock(&b, name, width: 64 << stage, stride: stride)
            : try block(&b, name, width: 64 << stage, stride: stride))
      }
    }
    if isPreActivation { layers += [b.batchNorm("bn"), ActivationLayer.relu] }
    return layers + [b.globalAveragePool(), b.linear("fc", classes)]
  }

  private func stemLayers(_ b: inout NetworkBuilder) throws(ShapeError) -> [any Layer] {
    let stem = stem ?? (max(b.shape[1], b.shape[2]) <= 40 ? .small : .imagenet)
    var layers: [any Layer] =
      switch stem {
      case .small: [try convolution(&b, "conv1", 64, kernel: 3, padding: 1)]
      case .unpadded: [try convolution(&b, "conv1", 64, kernel: 3)]
      case .imagenet: [try convolution(&b, "conv1", 64, kernel: 7, stride: 2, padding: 3)]
      }
    if !isPreActivation { layers += [b.batchNorm("bn1"), ActivationLayer.relu] }
    if stem == .imagenet { layers.append(try b.maxPool(3, stride: 2, padding: 1)) }
    return layers
  }

  /// The sizes of a block's convolutions, the one that takes the stride, and the maps that leave it.
  private func convolutions(
    width: Int, stride: Int
  ) -> [(maps: Int, kernel: Int, stride: Int)] {
    hasBottlenecks
      ? [(width, 1, 1), (width, 3, stride), (4 * width, 1, 1)]
      : [(width, 3, stride), (width, 3, 1)]
  }

  private func block(
    _ b: inout NetworkBuilder, _ name: String, width: Int, stride: Int
  ) throws(ShapeError) -> any Layer {
    let sizes = convolutions(width: width, stride: stride)
    let maps = hasBottlenecks ? 4 * width : width
    let ways = try b.ways { b throws(ShapeError) in
      var layers: [any Layer] = []
      for (index, size) in sizes.enumerated() {
        if index > 0 { layers.append(ActivationLayer.relu) }
        layers += [
          try convolution(
            &b, "\(name).conv\(index + 1)", size.maps, kernel: size.kernel, stride: size.stride,
            padding: size.kernel / 2), b.batchNorm("\(name).bn\(index + 1)"),
        ]
      }
      return layers
    } _: { b throws(ShapeError) in
      if stride == 1, b.shape[0] == maps { return [] }
      return [
        try convolution(&b, "\(name).downsample.0", maps, kernel: 1, stride: stride),
        b.batchNorm("\(name).downsample.1"),
      ]
    }
    return ResidualLayer(branch: ways.branch, shortcut: ways.shortcut)
  }

  private func preActivationBlock(
    _ b: inout NetworkBuilder, _ name: String, width: Int, stride: Int
  ) throws(ShapeError) -> any Layer {
    let sizes = convolutions(width: width, stride: stride)
    let maps = hasBottlenecks ? 4 * width : width
    let activation: [any Layer] = [b.batchNorm("\(name).bn1"), ActivationLayer.relu]
    let ways = try b.ways { b throws(ShapeError) in
      var layers: [any Layer] = []
      for (index, size) in sizes.enumerated() {
        if index > 0 {
          layers += [b.batchNorm("\(name).bn\(index + 1)"), ActivationLayer.relu]
        }
        layers.append(
          try convolution(
            &b, "\(name).conv\(index + 1)", size.maps, kernel: size.kernel, stride: size.stride,
            padding: size.kernel / 2))
      }
      return layers
    } _: { b throws(ShapeError) in
      if stride == 1, b.shape[0] == maps { return [] }
      return [try convolution(&b, "\(name).downsample.0", maps, kernel: 1, stride: stride)]
    }
    return PreActivationLayer(
      activation: activation, branch: ways.branch, shortcut: ways.shortcut,
      shortcutIsActivated: name == "layer1.0")
  }

  /// Without bias, beginning as He et al. have it.
  private func convolution(
    _ b: inout NetworkBuilder, _ name: String, _ maps: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0
  ) throws(ShapeError) -> any Layer {
    try b.convolution(
      name, maps, kernel: kernel, stride: stride, padding: padding, bias: false,
      initial: .kaimingNormal(fanOut: maps * kernel * kernel))
  }
}
