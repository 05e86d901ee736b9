/// Numbers in a row-major array of any shape, binary32, and where their gradient goes.
///
/// Operations make new tensors; `backward()` on a scalar result sets the `gradient` of every tensor
/// made with `requiresGradient` that it depends on, and `gradients(of:with:createGraph:)` returns
/// derivatives that can be differentiated again. Only optimisers change values in place. Without
/// such a tensor among its inputs an operation keeps nothing, so computing on `detached()` parameters
/// is computing without gradients.
///
/// Shapes may be empty (`[]`, a scalar) and may hold zeros. An operation that is given shapes which do not
/// go together ends the program with a `ShapeError`'s words; the rules of `Shape` can be asked before.
/// Not for use from several tasks at once.
public final class Tensor {
  public let shape: [Int]
  let buffer: Buffer
  let node: Node?

  init(shape: [Int], buffer: Buffer, node: Node? = nil) {
    assert(shape.product == buffer.count)
    self.shape = shape
    self.buffer = buffer
    self.node = node
  }

  /// A tensor with these values, row-major, as many as `shape` holds.
  public convenience init(shape: [Int], values: [Float], requiresGradient: Bool = false) {
    guard Tensor.count(shape) == values.count else {
      fatalError("tensor: \(values.count) values for shape \(shape)")
    }
    self.init(shape: shape, buffer: Buffer(values), node: requiresGradient ? Node() : nil)
  }

  /// A scalar.
  public convenience init(_ value: Float) { self.init(shape: [], values: [value]) }

  /// A tensor whose values `fill` writes, every one of them: the memory it is given is not cleared.
  public convenience init(shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) throws -> Void)
    rethrows
  {
    let buffer = Buffer(count: Tensor.count(shape))
    try fill(buffer.values)
    self.init(shape: shape, buffer: buffer)
  }
}

extension Tensor {
  public static func zeros(_ shape: [Int], requiresGradient: Bool = false) -> Tensor {
    Tensor(
      shape: shape, buffer: Buffer(repeating: 0, count: count(shape)),
      node: requiresGradient ? Node() : nil)
  }

  public static func ones(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, buffer: Buffer(repeating: 1, count: count(shape)), node: nil)
  }

  private static func count(_ shape: [Int]) -> Int {
    checked { () throws(ShapeError) in try Shape.count("tensor", shape) }
  }

  public var count: Int { buffer.count }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// A copy of the values, row-major.
  public var values: [Float] { Array(buffer.values) }

  /// The value of a tensor that holds one.
  public var item: Float {
    guard count == 1 else { fatalError("item: the shape is \(shape)") }
    return buffer.pointer[0]
  }

  /// The values in place, row-major; the pointer is valid inside `body` only.
  public func withUnsafeValues<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeBufferPointer(buffer.values))
  }

  /// The values in place, for whoever updates parameters: tensors that share them change too.
  public func withUnsafeMutableValues<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(buffer.values)
  }

  /// The same values without a gradient: what is computed from them treats them as constants.
  public func detached() -> Tensor { Tensor(shape: shape, buffer: buffer, node: nil) }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = buffer.values.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape) [\(shown)\(count > 8 ? ", …" : "")]"
  }
}
