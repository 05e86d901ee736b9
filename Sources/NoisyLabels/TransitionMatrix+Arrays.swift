public import Learning
public import Tensors

extension TransitionMatrix {
  /// `[classes, classes]`, float64: what the .npy file of a matrix holds.
  public var array: NumericArray { .doubles(rows.flatMap(\.self), shape: [classes, classes]) }

  public init(_ array: NumericArray) throws(TransitionError) {
    guard array.shape.count == 2, array.shape[0] == array.shape[1], array.shape[0] > 0 else {
      throw .shape(array.shape)
    }
    try self.init(square: array.doubles, classes: array.shape[0])
  }

  /// `[classes, classes]`, each entry rounded to binary32.
  public func tensor(requiresGradient: Bool = false) -> Tensor {
    Tensor(
      shape: [classes, classes], values: rows.flatMap(\.self).map { Float($0) },
      requiresGradient: requiresGradient)
  }

  /// Reads a tensor of shape `[classes, classes]`.
  public init(_ tensor: Tensor) throws(TransitionError) {
    guard tensor.shape.count == 2, tensor.shape[0] == tensor.shape[1], tensor.shape[0] > 0 else {
      throw .shape(tensor.shape)
    }
    try self.init(square: tensor.values.map { Double($0) }, classes: tensor.shape[0])
  }

  private init(square values: [Double], classes: Int) throws(TransitionError) {
    try self.init((0..<classes).map { Array(values[$0 * classes..<($0 + 1) * classes]) })
  }
}
