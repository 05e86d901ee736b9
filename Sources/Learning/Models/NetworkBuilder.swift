import Tensors

/// Makes a network layer by layer, following one sample's shape through it.
///
/// Each function makes the layer that comes next; what does not fit `shape` is an error.
struct NetworkBuilder {
  /// One sample's, where the next layer begins.
  var shape: [Int]
  private(set) var arrays: [ArrayLayout] = []
  private var parameterCount = 0
  private var statisticsCount = 0

  init(inputShape: [Int]) { shape = inputShape }

  /// Stops at inputs that are no images.
  func requireImages(_ network: String) throws(ShapeError) {
    guard shape.count == 3 else { throw ShapeError(network, "\(shape) is no image") }
  }

  /// The weights begin uniform by the layer's fan-in unless `initial` is given.
  mutating func convolution(
    _ name: String, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    bias: Bool = true, initial: InitialValues? = nil
  ) throws(ShapeError) -> any Layer {
    try requireImages("conv2d")
    let weight = [outputs, shape[0], kernel, kernel]
    shape = Array(
      try Shape.conv2d([1] + shape, weight: weight, stride: stride, padding: padding).dropFirst())
    return ConvolutionLayer(
      name: name, parameters: weights(name, weight, bias: bias, initial: initial), stride: stride,
      padding: padding, kernel: kernel)
  }

  /// A convolution with ReLU and maximum of square windows side by side.
  mutating func convolutionReLUMaxPool(
    _ name: String, _ outputs: Int, kernel: Int, padding: Int = 0, pool: Int
  ) throws(ShapeError) -> any Layer {
    let layer = try convolution(name, outputs, kernel: kernel, padding: padding)
    _ = try maxPool(pool)
    return ConvolutionReLUMaxPoolLayer(
      name: name, parameters: layer.parameters, padding: padding, pool: pool, kernel: kernel)
  }

  mutating func linear(_ name: String, _ outputs: Int) -> any Layer {
    let inputs = shape[0]
    shape = [outputs]
    return LinearLayer(name: name, parameters: weights(name, [outputs, inputs], bias: true))
  }

  mutating func batchNorm(_ name: String) -> any Layer {
    let channels = [shape[0]]
    let first = parameterCount
    addParameter("\(name).weight", channels, .constant(1))
    addParameter("\(name).bias", channels, .constant(0))
    arrays += [
      ArrayLayout(name: "\(name).running_mean", shape: channels, role: .runningMean),
      ArrayLayout(name: "\(name).running_var", shape: channels, role: .runningVariance),
      ArrayLayout(name: "\(name).num_batches_tracked", shape: [], role: .batchCount),
    ]
    statisticsCount += 1
    return BatchNormLayer(
      name: name, parameters: first..<parameterCount, statistics: statisticsCount - 1)
  }

  mutating func maxPool(
    _ size: Int, stride: Int? = nil, padding: Int = 0
  ) throws(ShapeError) -> any Layer {
    let stride = stride ?? size
    shape = Array(
      try Shape.pool2d("maxPool2d", [1] + shape, size: size, stride: stride, padding: padding)
        .dropFirst())
    return MaxPoolLayer(size: size, stride: stride, padding: padding)
  }

  mutating func globalAveragePool() -> any Layer {
    shape = [shape[0]]
    return GlobalAveragePoolLayer()
  }

  mutating func flatten() -> any Layer {
    shape = [shape.reduce(1, *)]
    return FlattenLayer()
  }

  /// Two ways from here that are added where they meet.
  ///
  /// `branch` is made first, then `shortcut`, from the same shape to the same shape.
  mutating func ways(
    _ branch: (inout NetworkBuilder) throws(ShapeError) -> [any Layer],
    _ shortcut: (inout NetworkBuilder) throws(ShapeError) -> [any Layer]
  ) throws(ShapeError) -> (branch: [any Layer], shortcut: [any Layer]) {
    let start = shape
    let branch = try branch(&self)
    let end = shape
    shape = start
    let shortcut = try shortcut(&self)
    guard shape == end else { throw ShapeError("residual", "\(end) and \(shape) do not add") }
    return (branch, shortcut)
  }

  private mutating func weights(
    _ name: String, _ shape: [Int], bias: Bool, initial: InitialValues? = nil
  ) -> Range<Int> {
    let fanIn = shape.dropFirst().reduce(1, *)
    let first = parameterCount
    addParameter("\(name).weight", shape, initial ?? .uniform(fanIn: fanIn))
    if bias { addParameter("\(name).bias", [shape[0]], .uniform(fanIn: fanIn)) }
    return first..<parameterCount
  }

  private mutating func addParameter(_ name: String, _ shape: [Int], _ initial: InitialValues) {
    arrays.append(ArrayLayout(name: name, shape: shape, role: .parameter(initial)))
    parameterCount += 1
  }
}
