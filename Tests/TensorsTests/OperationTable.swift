import Glibc
import Tensors
import Testing

/// One call of an operation, as the tests of all operations take it.
struct OperationCase: CustomTestStringConvertible, Sendable {
  let name: String
  /// The inputs that have gradients.
  let shapes: [[Int]]
  var range: ClosedRange<Float> = -2...2
  /// Of the values, in units of the result or of 1, whichever is greater; gradients get ten times as much.
  var tolerance = 2e-5
  let operation: @Sendable ([Tensor]) -> Tensor
  /// The plain definition in binary64.
  let reference: @Sendable ([[Double]]) -> [Double]

  /// The definition of a grouped convolution multiplies by zeros between the groups, which is NaN for what is
  /// infinite.
  var takesSpecialValues: Bool { name != "conv2d, 2 groups" }

  /// The order of NaN is a rule of its own, with its own test.
  var specialValues: [Float] {
    let isOrder = ["sorted", "topK", "quantile"].contains { name.hasPrefix($0) }
    return [0, -0.0, .leastNonzeroMagnitude, -0x1p-140, .infinity, -.infinity]
      + (isOrder ? [] : [.nan])
  }

  var testDescription: String { "\(name) \(shapes.map { "\($0)" }.joined(separator: " "))" }

  /// Inputs that are the same in every run.
  func inputs(requiringGradient: Bool = true) -> [Tensor] {
    shapes.enumerated().map { index, shape in
      let values = RandomStream(seed: 7, purpose: "case \(index) \(shape)")
        .uniform(shape.reduce(1, *), low: range.lowerBound, high: range.upperBound)
      return Tensor(shape: shape, values: values, requiresGradient: requiringGradient)
    }
  }
}

/// Every operation, over shapes: the one list that tests of values, derivatives, bits and shapes go by.
enum OperationTable {
  static let all: [OperationCase] =
    unary + binary + ternary + reductions + products + images + rows + losses + views + ordered
    + matrices

  /// Large enough for every kernel to share the work among threads.
  static let large: [OperationCase] = [
    OperationCase(
      name: "matmul", shapes: [[150, 130], [130, 170]], tolerance: 1e-4,
      operation: { $0[0].matmul($0[1]) },
      reference: { Plain.matmul($0[0], $0[1], 150, 130, 170) }),
    OperationCase(
      name: "conv2d", shapes: [[20, 3, 16, 16], [8, 3, 3, 3], [8]], tolerance: 2e-4,
      operation: { $0[0].conv2d(weight: $0[1], bias: $0[2], padding: 1) },
      reference: {
        Plain.conv2d($0[0], $0[1], $0[2], [20, 3, 16, 16], [8, 3, 3, 3], stride: 1, padding: 1)
      }),
    OperationCase(
      name: "conv2d of many channels", shapes: [[20, 17, 12, 12], [19, 17, 3, 3], [19]],
      tolerance: 2e-4, operation: { $0[0].conv2d(weight: $0[1], bias: $0[2], stride: 2) },
      reference: {
        Plain.conv2d($0[0], $0[1], $0[2], [20, 17, 12, 12], [19, 17, 3, 3], stride: 2, padding: 0)
      }),
    OperationCase(
      name: "exp", shapes: [[300, 300]], operation: { $0[0].exp() },
      reference: { $0[0].map { exp($0) } }),
    OperationCase(
      name: "*", shapes: [[300, 300], [300, 1]], operation: { $0[0] * $0[1] },
      reference: { x in x[0].indices.map { x[0][$0] * x[1][$0 / 300] } }),
    OperationCase(
      name: "softmax", shapes: [[300, 300]], operation: { $0[0].softmax() },
      reference: { Plain.logSoftmax($0[0], columns: 300).map { exp($0) } }),
    OperationCase(
      name: "batchNormTraining", shapes: [[40, 12, 14, 14], [12], [12]], tolerance: 2e-4,
      operation: { $0[0].batchNormTraining(scale: $0[1], shift: $0[2], epsilon: 0.1).result },
      reference: {
        Plain.normalised($0[0], [40, 12, 1, 196], over: [0, 3], $0[1], $0[2], epsilon: 0.1)
      }),
    OperationCase(
      name: "maxPool2d", shapes: [[20, 9, 20, 20]], operation: { $0[0].maxPool2d(2) },
      reference: { Plain.windows($0[0], [20, 9, 20, 20], 2, 2, 0).map { $0.max() ?? 0 } }),
    OperationCase(
      name: "crossEntropy", shapes: [[300, 100]],
      operation: { $0[0].crossEntropy((0..<300).map { Int32($0 % 100) }) },
      reference: { x in
        let logs = Plain.logSoftmax(x[0], columns: 100)
        var sum = 0.0
        for row in 0..<300 { sum -= logs[row * 100 + row % 100] }
        return [sum / 300]
      }),
  ]

  private typealias Apply = @Sendable (Tensor) -> Tensor
  private typealias Function = @Sendable (Double) -> Double

  // MARK: Element by element

  struct UnaryFunction: Sendable {
    let name: String
    var range: ClosedRange<Float> = -2...2
    /// Whether the definition holds at infinities, NaN, zeros and subnormal numbers.
    var takesAll = true
    let operation: @Sendable (Tensor) -> Tensor
    let reference: @Sendable (Double) -> Double
  }

  static let functions: [UnaryFunction] = [
    .init(name: "-", operation: { -$0 }, reference: { -$0 }),
    .init(name: "exp", operation: { $0.exp() }, reference: { exp($0) }),
    .init(name: "log", range: 0.2...3, operation: { $0.log() }, reference: { log($0) }),
    .init(name: "log1p", range: -0.7...3, operation: { $0.log1p() }, reference: { log1p($0) }),
    .init(
      name: "squareRoot", range: 0.3...3, operation: { $0.squareRoot() }, reference: { sqrt($0) }),
    .init(
      name: "reciprocalSquareRoot", range: 0.5...3, operation: { $0.reciprocalSquareRoot() },
      reference: { 1 / sqrt($0) }),
    .init(
      name: "reciprocal", range: 0.5...3, operation: { $0.reciprocal() }, reference: { 1 / $0 }),
    .init(name: "magnitude", operation: { $0.magnitude() }, reference: { abs($0) }),
    .init(
      name: "sign", operation: { $0.sign() }, reference: { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }),
    .init(name: "floor", operation: { $0.floor() }, reference: { floor($0) }),
    .init(
      name: "notANumber", operation: { $0.notANumber() }, reference: { $0.isNaN ? 1 : 0 }),
    .init(name: "erf", operation: { $0.erf() }, reference: { erf($0) }),
    .init(name: "sine", takesAll: false, operation: { $0.sine() }, reference: { sin($0) }),
    .init(name: "cosine", takesAll: false, operation: { $0.cosine() }, reference: { cos($0) }),
    .init(name: "squared", operation: { $0.squared() }, reference: { $0 * $0 }),
    .init(name: "relu", operation: { $0.relu() }, reference: { $0 <= 0 ? 0 : $0 }),
    .init(
      name: "leakyReLU", operation: { $0.leakyReLU(slope: 0.25) },
      reference: { $0 > 0 ? $0 : 0.25 * $0 }),
    .init(name: "sigmoid", operation: { $0.sigmoid() }, reference: { 1 / (1 + exp(-$0)) }),
    .init(
      name: "tanh", operation: { $0.tanh() },
      // Of -0 it is +0, by the order of its operations.
      reference: { $0 == 0 ? 0 : tanh($0) }),
    .init(
      name: "gelu", takesAll: false, operation: { $0.gelu() },
      reference: { $0 * (1 + erf($0 / sqrt(2))) / 2 }),
    .init(
      name: "softplus", operation: { $0.softplus() },
      reference: { ($0 > 0 ? $0 : 0) + log1p(exp(-abs($0))) + ($0.isNaN ? $0 : 0) }),
    .init(
      name: "clamped", operation: { $0.clamped(atLeast: -0.5, atMost: 1) },
      reference: { $0 < -0.5 ? -0.5 : $0 > 1 ? 1 : $0 }),
    .init(
      name: "power(3)", operation: { $0.power(3) }, reference: { pow($0, 3) }),
    .init(
      name: "power(-1.5)", range: 0.4...3, operation: { $0.power(-1.5) },
      reference: { pow($0, -1.5) }),
  ]

  static let unary = functions.flatMap { function in
    [[], [0], [1], [7], [3, 5], [2, 3, 4]].map { shape in
      OperationCase(
        name: function.name, shapes: [shape], range: function.range,
        operation: { function.operation($0[0]) }, reference: { $0[0].map(function.reference) })
    }
  }

  private struct BinaryFunction: Sendable {
    let name: String
    var range: ClosedRange<Float> = 0.5...2
    let operation: @Sendable (Tensor, Tensor) -> Tensor
    let reference: @Sendable (Double, Double) -> Double
  }

  private static let pairs: [([Int], [Int])] = [
    ([], []), ([1], [1]), ([5], [5]), ([3, 4], [3, 4]), ([0, 4], [4]), ([3, 4], []), ([4], [3, 4]),
    ([3, 1], [3, 4]), ([2, 1, 5], [3, 1]), ([2, 3, 5], [2, 3, 1]), ([1, 4], [3, 1]),
    ([2, 1, 2, 1, 2], [3, 1, 2, 1]),
  ]

  static let binary: [OperationCase] = [
    BinaryFunction(name: "+", operation: { $0 + $1 }, reference: { $0 + $1 }),
    .init(name: "-", operation: { $0 - $1 }, reference: { $0 - $1 }),
    .init(name: "*", operation: { $0 * $1 }, reference: { $0 * $1 }),
    .init(name: "/", operation: { $0 / $1 }, reference: { $0 / $1 }),
    .init(name: "power", operation: { $0.power($1) }, reference: { pow($0, $1) }),
    .init(
      name: "maximum", operation: { Tensor.maximum($0, $1) }, reference: { $0 > $1 ? $0 : $1 }),
    .init(
      name: "minimum", operation: { Tensor.minimum($0, $1) }, reference: { $0 < $1 ? $0 : $1 }),
    .init(name: "less", operation: { $0.less(than: $1) }, reference: { $0 < $1 ? 1 : 0 }),
    .init(
      name: "lessOrEqual", operation: { $0.lessOrEqual(to: $1) }, reference: { $0 <= $1 ? 1 : 0 }),
    .init(name: "greater", operation: { $0.greater(than: $1) }, reference: { $0 > $1 ? 1 : 0 }),
    .init(name: "equal", operation: { $0.equal(to: $1) }, reference: { $0 == $1 ? 1 : 0 }),
  ].flatMap { function in
    pairs.map { a, b in
      OperationCase(
        name: function.name, shapes: [a, b], range: function.range, tolerance: 1e-4,
        operation: { function.operation($0[0], $0[1]) },
        reference: { x in
          let full = Plain.broadcast(a, b)
          return (0..<full.reduce(1, *)).map { i in
            function.reference(
              x[0][Plain.place(of: i, in: full, repeating: a)],
              x[1][Plain.place(of: i, in: full, repeating: b)])
          }
        })
    }
  }

  static let ternary: [OperationCase] = [
    ([3, 4], [3, 4], [3, 4]), ([3, 4], [4], []), ([4], [3, 1], [3, 4]), ([0, 2], [2], [2]),
    ([], [], []),
  ].flatMap { (a: [Int], b: [Int], c: [Int]) -> [OperationCase] in
    let full = Plain.broadcast(Plain.broadcast(a, b), c)
    let count = full.reduce(1, *)
    @Sendable func at(_ x: [Double], _ shape: [Int], _ i: Int) -> Double {
      x[Plain.place(of: i, in: full, repeating: shape)]
    }
    return [
      OperationCase(
        name: "multiplied", shapes: [a, b, c], tolerance: 1e-4,
        operation: { $0[0].multiplied(by: $0[1], adding: $0[2]) },
        reference: { x in
          (0..<count).map { at(x[0], a, $0) * at(x[1], b, $0) + at(x[2], c, $0) }
        }),
      OperationCase(
        name: "select", shapes: [a, b, c], tolerance: 1e-4,
        operation: { $0[0].less(than: Tensor(0.5)).select($0[1], $0[2]) },
        reference: { x in
          (0..<count).map { at(x[0], a, $0) < 0.5 ? at(x[1], b, $0) : at(x[2], c, $0) }
        }),
    ]
  }

  // MARK: Reductions

  static let reductions: [OperationCase] = [
    ([1], [0]), ([7], [0]), ([3, 4], [1]), ([3, 4], [0]), ([3, 4], [0, 1]), ([2, 3, 5], [1]),
    ([2, 3, 5], [0, 2]), ([2, 3, 5], [1, 2]), ([2, 33, 3], [0, 1]), ([4, 0], [0]), ([3, 70], [1]),
  ].flatMap { (shape: [Int], axes: [Int]) -> [OperationCase] in
    let n = axes.reduce(1) { $0 * shape[$1] }
    @Sendable func reduced(_ x: [Double], _ body: ([Double]) -> Double) -> [Double] {
      Plain.reduced(x, shape, axes, body)
    }
    let single = [
      OperationCase(
        name: "sum \(axes)", shapes: [shape], tolerance: 1e-4,
        operation: { $0[0].sum(axes: axes) }, reference: { reduced($0[0]) { $0.reduce(0, +) } }),
      OperationCase(
        name: "variance \(axes)", shapes: [shape], tolerance: 1e-4,
        operation: { $0[0].variance(axes: axes) },
        reference: { reduced($0[0]) { Plain.variance($0, n) } }),
    ]
    guard n > 1 else { return single }
    return single + [
      OperationCase(
        name: "mean \(axes)", shapes: [shape], operation: { $0[0].mean(axes: axes) },
        reference: { reduced($0[0]) { $0.reduce(0, +) / Double(n) } }),
      OperationCase(
        name: "variance of a sample \(axes)", shapes: [shape], tolerance: 1e-4,
        operation: { $0[0].variance(axes: axes, ofSample: true, keepingAxes: true) },
        reference: { reduced($0[0]) { Plain.variance($0, n - 1) } }),
    ]
  }

  // MARK: Products

  static let products: [OperationCase] =
    [(1, 1, 1), (2, 3, 4), (5, 1, 7), (7, 300, 3), (0, 2, 3), (2, 0, 3)].flatMap { m, k, n in
      [
        OperationCase(
          name: "matmul", shapes: [[m, k], [k, n]], tolerance: 1e-4,
          operation: { $0[0].matmul($0[1]) },
          reference: { Plain.matmul($0[0], $0[1], m, k, n) }),
        OperationCase(
          name: "matmul, both transposed", shapes: [[k, m], [n, k]], tolerance: 1e-4,
          operation: { $0[0].matmul($0[1], transposed: (true, true)) },
          reference: {
            Plain.matmul(Plain.transposed($0[0], k, m), Plain.transposed($0[1], n, k), m, k, n)
          }),
        OperationCase(
          name: "matmul, a batch by one", shapes: [[2, m, k], [k, n]], tolerance: 1e-4,
          operation: { $0[0].matmul($0[1]) },
          reference: { Plain.matmul($0[0], $0[1], 2 * m, k, n) }),
        OperationCase(
          name: "linear", shapes: [[m, k], [n, k], [n]], tolerance: 1e-4,
          operation: { $0[0].linear(weight: $0[1], bias: $0[2]) },
          reference: { Plain.linear($0[0], $0[1], $0[2], rows: m, inputs: k, outputs: n) }),
      ]
    }
    + [[3, 4], [0, 4], [2, 3, 5], [2, 40]].flatMap { shape -> [OperationCase] in
      let columns = shape[shape.count - 1]
      let inner = shape.dropFirst(2).reduce(1, *)
      return [
        OperationCase(
          name: "rowDots", shapes: [shape, shape], tolerance: 1e-4,
          operation: { $0[0].rowDots($0[1]) },
          reference: { x in
            Plain.reduced(zip(x[0], x[1]).map { $0 * $1 }, [x[0].count / columns, columns], [1]) {
              $0.reduce(0, +)
            }
          }),
        OperationCase(
          name: "channelSums", shapes: [shape], tolerance: 1e-4,
          operation: { $0[0].channelSums() },
          reference: { x in
            Plain.reduced(x[0], [shape[0], shape[1], inner], [0, 2]) { $0.reduce(0, +) }
          }),
        OperationCase(
          name: "channelDots", shapes: [shape, shape], tolerance: 1e-4,
          operation: { $0[0].channelDots($0[1]) },
          reference: { x in
            Plain.reduced(zip(x[0], x[1]).map { $0 * $1 }, [shape[0], shape[1], inner], [0, 2]) {
              $0.reduce(0, +)
            }
          }),
      ]
    }
}
