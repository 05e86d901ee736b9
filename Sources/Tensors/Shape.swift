/// The rules by which operations make shapes of shapes, one function each, beside the operation.
///
/// They can be asked before computing; the operation itself stops the program with the same words.
public enum Shape {}

/// Shapes, or numbers that go with them, that an operation does not take.
public struct ShapeError: Error, Hashable, CustomStringConvertible {
  /// The operation's name: `matmul`.
  public let operation: String
  /// What is wrong, with the shapes: `the inner sizes of [2, 3] and [2, 3] differ`.
  public let problem: String

  public init(_ operation: String, _ problem: String) {
    self.operation = operation
    self.problem = problem
  }

  public var description: String { "\(operation): \(problem)" }
}

/// What a rule of `Shape` returns; a mistake ends the program with the rule's words.
func checked<Result>(_ rule: () throws(ShapeError) -> Result) -> Result {
  do {
    return try rule()
  } catch {
    fatalError("\(error)")
  }
}

extension Shape {
  /// The number of elements of a shape that may be made: no size is negative, and the number is one.
  public static func count(_ operation: String, _ shape: [Int]) throws(ShapeError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflows else { throw ShapeError(operation, "no tensor is \(shape)") }
      count = product
    }
    return count
  }
}

extension [Int] {
  /// The number of elements of this shape.
  var product: Int { reduce(1, *) }

  /// The distance, in elements, between neighbours along each axis of a row-major array of this shape.
  var strides: [Int] {
    var strides = self
    var step = 1
    for axis in indices.reversed() {
      strides[axis] = step
      step *= self[axis]
    }
    return strides
  }
}
