import Glibc
import Tensors
import Testing

@Suite struct OperationTests {
  /// A shape, and one that is repeated over it.
  static let pairs: [([Int], [Int])] = [
    ([], []), ([1], [1]), ([5], [5]), ([3, 4], [3, 4]), ([0, 4], [0, 4]), ([3, 4], []),
    ([3, 4], [1]), ([3, 4], [4]), ([3, 4], [3, 1]), ([2, 3, 5], [3, 5]), ([2, 3, 5], [2, 3, 1]),
    ([1, 1], [1, 1]), ([129, 10], [10]), ([129, 10], [129, 1]), ([0, 4], [4]), ([70, 100], []),
  ]

  @Test(arguments: pairs)
  func `arithmetic repeats the smaller operand on either side`(pair: ([Int], [Int])) {
    let (full, small) = pair
    func at(_ i: Int) -> Int { place(of: i, in: full, repeating: small) }
    func both(
      _ operation: @escaping (Tensor, Tensor) -> Tensor,
      _ value: @escaping (Double, Double) -> Double
    ) {
      let count = full.reduce(1, *)
      check(
        [full, small], low: 0.5, high: 2, tolerance: 2e-4, { operation($0[0], $0[1]) },
        { x in
          (0..<count).map { value(x[0][$0], x[1][at($0)]) }
        })
      check(
        [small, full], low: 0.5, high: 2, tolerance: 2e-4, { operation($0[0], $0[1]) },
        { x in
          (0..<count).map { value(x[0][at($0)], x[1][$0]) }
        })
    }
    both(+, +)
    both(-, -)
    both(*, *)
    both(/, /)
  }

  @Test(arguments: [[], [1], [7], [3, 4], [0], [4100]] as [[Int]])
  func `one number goes with any shape`(shape: [Int]) {
    check([shape], { 1.5 - $0[0] * 3 }, { x in x[0].map { 1.5 - $0 * 3 } })
    check([shape], low: 1, { 2 / ($0[0] / 0.5) + 1 }, { x in x[0].map { 2 / ($0 / 0.5) + 1 } })
    check([shape], { -$0[0] }, { x in x[0].map { -$0 } })
  }

  @Test(arguments: [[0], [1], [7], [3, 4], [5, 33]] as [[Int]])
  func `functions of one element are their definitions`(shape: [Int]) {
    check([shape], { $0[0].exp() }, { x in x[0].map { exp($0) } })
    check([shape], low: 0.1, tolerance: 1e-4, { $0[0].log() }, { x in x[0].map { log($0) } })
    check([shape], { $0[0].relu() }, { x in Plain.relu(x[0]) })
    check([shape], { $0[0].clamped(atLeast: 0.5) }, { x in x[0].map { max($0, 0.5) } })
  }

  @Test(arguments: [[1], [7], [3, 4], [0, 4], [2, 3, 5], [2, 4097], [3, 0]] as [[Int]])
  func `sums and means of everything and of rows`(shape: [Int]) {
    let columns = shape.last ?? 1
    let count = shape.reduce(1, *)
    check([shape], tolerance: 1e-3, { $0[0].sum() }, { x in [x[0].reduce(0, +)] })
    let rows = shape.dropLast().reduce(1, *)
    check(
      [shape], tolerance: 1e-4, { $0[0].rowSums() },
      { x -> [Double] in
        (0..<rows).map { row -> Double in
          x[0][row * columns..<(row + 1) * columns].reduce(0, +)
        }
      })
    if count > 0 {
      check([shape], { $0[0].mean() }, { x in [x[0].reduce(0, +) / Double(count)] })
    }
  }

  @Test(arguments: [
    (1, 1, 1), (2, 3, 4), (5, 1, 7), (17, 33, 9), (3, 300, 2), (0, 2, 3), (2, 0, 3),
  ])
  func `products of matrices, with and without a bias`(m: Int, k: Int, n: Int) {
    check(
      [[m, k], [k, n]], tolerance: 1e-4, { $0[0].matmul($0[1]) },
      { x in
        Plain.matmul(x[0], x[1], m, k, n)
      })
    check(
      [[m, k], [n, k], [n]], tolerance: 1e-4, { $0[0].linear(weight: $0[1], bias: $0[2]) },
      {
        x in
        Plain.linear(x[0], x[1], x[2], rows: m, inputs: k, outputs: n)
      })
    check(
      [[m, k]], { $0[0].transposed() },
      { x in
        (0..<k * m).map { x[0][$0 % m * k + $0 / m] }
      })
  }

  static let images: [(x: [Int], w: [Int], stride: Int, padding: Int)] = [
    ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0), ([2, 1, 6, 6], [3, 1, 5, 5], 1, 2),
    ([2, 3, 7, 5], [4, 3, 3, 3], 1, 0), ([1, 2, 6, 7], [3, 2, 3, 3], 2, 1),
    ([3, 6, 7, 7], [17, 6, 5, 5], 1, 0), ([2, 2, 4, 4], [2, 2, 2, 3], 1, 1),
  ]

  @Test(arguments: images)
  func `convolutions of any stride and padding`(
    image: (x: [Int], w: [Int], stride: Int, padding: Int)
  ) {
    check(
      [image.x, image.w, [image.w[0]]], tolerance: 2e-4,
      {
        $0[0].conv2d(weight: $0[1], bias: $0[2], stride: image.stride, padding: image.padding)
      },
      { x in
        Plain.conv2d(
          x[0], x[1], x[2], image.x, image.w, stride: image.stride, padding: image.padding)
      })
  }

  @Test(arguments: [
    ([1, 1, 2, 2], 2, 2), ([2, 3, 6, 6], 2, 2), ([1, 2, 7, 5], 2, 2), ([2, 1, 5, 5], 3, 1),
  ])
  func `pooling takes the largest of each window`(shape: [Int], size: Int, stride: Int) {
    check(
      [shape], { $0[0].maxPool2d(size, stride: stride) },
      { x in
        Plain.maxPool2d(x[0], shape, size: size, stride: stride)
      })
  }

  @Test(arguments: [
    ([2, 1, 12, 12], 6, 5, 2), ([3, 6, 9, 8], 16, 5, 0), ([1, 1, 5, 5], 2, 2, 0),
  ])
  func `convolution, ReLU and pooling in one give the bits of the three`(
    shape: [Int], outputs: Int, kernel: Int, padding: Int
  ) {
    func gradients(fused: Bool) -> [Tensor] {
      let shapes = [shape, [outputs, shape[1], kernel, kernel], [outputs]]
      let p = shapes.map { Tensor.random($0, "fused", requiresGradient: true) }
      let y =
        fused
        ? p[0].conv2dReLUMaxPool(weight: p[1], bias: p[2], padding: padding, pool: 2)
        : p[0].conv2d(weight: p[1], bias: p[2], padding: padding).relu().maxPool2d(2)
      (y * Tensor.random(y.shape, "share")).sum().backward()
      return [y] + p.compactMap(\.gradient)
    }
    let fused = gradients(fused: true)
    #expect(fused.count == 4)
    #expect(Tensor.fingerprint(of: fused) == Tensor.fingerprint(of: gradients(fused: false)))
  }

  @Test(arguments: [[1, 1], [3, 10], [2, 2, 5], [129, 3], [0, 4]] as [[Int]])
  func `softmax and its logarithm are those of each row`(shape: [Int]) {
    let columns = shape.last ?? 1
    check([shape], { $0[0].logSoftmax() }, { x in Plain.logSoftmax(x[0], columns: columns) })
    check(
      [shape], { $0[0].softmax() },
      { x in
        Plain.logSoftmax(x[0], columns: columns).map { exp($0) }
      })
  }

  @Test(arguments: [(1, 1), (4, 3), (128, 10), (5000, 2)])
  func `cross-entropy is the mean negative logarithm of the label's posterior`(
    rows: Int, columns: Int
  ) {
    let labels = (0..<rows).map { Int32(($0 * 7 + 1) % columns) }
    func reference(_ x: [[Double]]) -> [Double] {
      let logs = Plain.logSoftmax(x[0], columns: columns)
      return [(0..<rows).reduce(0) { $0 - logs[$1 * columns + Int(labels[$1])] } / Double(rows)]
    }
    if rows < 1000 {
      check([[rows, columns]], { $0[0].crossEntropy(labels) }, reference)
      check([[rows, columns]], { -$0[0].logSoftmax().gathered(labels).mean() }, reference)
      check([[rows, columns]], { $0[0].crossEntropy(labels) * 2 }, { [reference($0)[0] * 2] })
    }
    let logits = Tensor.random([rows, columns], "logits")
    let composed = -logits.logSoftmax().gathered(labels).mean()
    #expect(logits.crossEntropy(labels).item == composed.item)
  }

  @Test func `shapes change without a copy`() {
    check([[2, 3, 4]], { $0[0].flattened() }, { $0[0] })
    check([[2, 6]], { $0[0].reshaped([3, 4]) }, { $0[0] })
  }

  @Test func `one element of each row is gathered`() {
    check([[3, 4]], { $0[0].gathered([3, 0, 2]) }, { x in [x[0][3], x[0][4], x[0][10]] })
    check([[0, 4]], { $0[0].gathered([]) }, { _ in [] })
  }

  /// The element of `small` that belongs to element `i` of `full`.
  private func place(of i: Int, in full: [Int], repeating small: [Int]) -> Int {
    let count = small.reduce(1, *)
    if small == full { return i }
    if count == 1 && small.count <= full.count { return 0 }
    return small.count < full.count ? i % count : i / (full.last ?? 1)
  }
}

extension Tensor {
  static func random(_ shape: [Int], _ purpose: String, requiresGradient: Bool = false) -> Tensor {
    let values = RandomStream(seed: 3, purpose: "\(purpose) \(shape)")
      .uniform(shape.reduce(1, *), low: -1, high: 1)
    return Tensor(shape: shape, values: values, requiresGradient: requiresGradient)
  }
}
