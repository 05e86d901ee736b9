import Tensors
import Testing

@Suite struct OperationTableTests {
  @Test(arguments: OperationTable.all)
  func `has the values and the gradient of its definition`(entry: OperationCase) {
    check(entry)
  }

  @Test(arguments: OperationTable.large)
  func `has the values of its definition where threads share the work`(entry: OperationCase) {
    let inputs = entry.inputs(requiringGradient: false)
    let expected = entry.reference(inputs.map { $0.values.map(Double.init) })
    #expect(distance(entry.operation(inputs).values, expected) <= entry.tolerance)
  }

  /// Zeros of both signs, subnormal numbers, infinities and NaN, sprinkled over the inputs of each call: where
  /// the definition is NaN or infinite, so is the operation, and nowhere else.
  @Test(arguments: OperationTable.all.filter(\.takesSpecialValues))
  func `has the values of its definition at special values`(entry: OperationCase) {
    let plain = entry.inputs(requiringGradient: false)
    let places = plain.map(\.count).reduce(0, +)
    for (number, value) in entry.specialValues.enumerated() where places > 0 {
      let inputs = with(value, at: (number * 5 + 1) % places, of: plain)
      let found = entry.operation(inputs).values
      let expected = entry.reference(inputs.map { $0.values.map(Double.init) })
      #expect(found.count == expected.count)
      for (y, x) in zip(found, expected) {
        #expect(agree(y, Float(x), entry.tolerance), "with \(value): \(y), not \(x)")
      }
    }
  }

  private func with(_ value: Float, at place: Int, of inputs: [Tensor]) -> [Tensor] {
    var place = place
    return inputs.map { input in
      var values = input.values
      if values.indices.contains(place) { values[place] = value }
      place -= values.count
      return Tensor(shape: input.shape, values: values)
    }
  }

  private func agree(_ a: Float, _ b: Float, _ tolerance: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a.isInfinite || b.isInfinite { return a == b }
    return Double(abs(a - b)) <= tolerance * Double(max(1, abs(b)))
  }

  @Test func `NaN comes last in order, and a row that holds one has no quantile`() {
    let x = Tensor(shape: [2, 3], values: [2, .nan, 1, -.infinity, 3, .infinity])
    #expect(x.sorted().indices == [2, 0, 1, 0, 1, 2])
    #expect(x.sorted(descending: true).indices == [0, 2, 1, 2, 1, 0])
    #expect(x.topK(1).values.values == [2, .infinity])
    #expect(x.quantile(0.5).values[0].isNaN && x.quantile(0.5).values[1] == 3)
  }

  @Test func `a determinant of 0 has the logarithm -∞`() {
    for values: [Float] in [[0, 0, 0, 0], [0, 1, 0, 1], [1, 2, 2, 4], [3, 0, 0, 0]] {
      let x = Tensor(shape: [2, 2], values: values)
      #expect(x.logAbsoluteDeterminant().item == -.infinity, "\(values)")
    }
  }

  @Test func `derivatives of powers at 0 are those of the polynomial`() throws {
    for (exponent, expected) in [(0, [0, 0, 0]), (1, [1, 0, 0]), (2, [0, 2, 0])]
      as [(Float, [Float])]
    {
      let x = Tensor(shape: [], values: [0], requiresGradient: true)
      var y = x.power(exponent)
      for value in expected {
        y = try #require(Tensor.gradients(of: y, with: [x], createGraph: true)[0])
        #expect(y.item == value, "x^\(exponent)")
        if !y.requiresGradient { break }
      }
    }
    let (a, b) = (
      Tensor(shape: [], values: [0], requiresGradient: true),
      Tensor(shape: [], values: [2], requiresGradient: true)
    )
    let first = Tensor.gradients(of: a.power(b), with: [a, b], createGraph: true)
    for derivative in try first.map({ try #require($0) }) {
      for second in Tensor.gradients(of: derivative, with: [a, b]) {
        #expect(second?.isFinite ?? true)
      }
    }
  }

  @Test func `the logarithm of no sum is -∞, of an infinite one ∞`() {
    let x = Tensor(
      shape: [3, 2], values: [-.infinity, -.infinity, .infinity, 1, -.infinity, 2])
    #expect(x.logSumExp().values == [-.infinity, .infinity, 2])
  }

  @Test(arguments: OperationTable.all)
  func `has the second derivative of its definition`(entry: OperationCase) {
    checkSecond(entry)
  }

  @Test(arguments: OperationTable.all)
  func `has the same gradient, to the bit, with a graph and without`(entry: OperationCase) {
    let found = Derivatives(entry)
    for (plain, recorded) in zip(found.first, found.recorded) {
      #expect(plain?.values.map(\.bitPattern) == recorded?.values.map(\.bitPattern))
    }
  }

  static let specialValues: [Float] = [
    0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1p-140, -0x1p-140,
    .leastNormalMagnitude, 1e-20, 1e20, -1e20, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .infinity, -.infinity, .nan, 88.8, -104.5, 0.5,
  ]

  @Test(arguments: OperationTable.functions.filter(\.takesAll).map(\.name))
  func `is defined at infinities, NaN, zeros and subnormal numbers`(name: String) throws {
    let function = try #require(OperationTable.functions.first { $0.name == name })
    let x = Self.specialValues
    let found = function.operation(Tensor(shape: [x.count], values: x)).values
    for (x, y) in zip(x, found) {
      let expected = Float(function.reference(Double(x)))
      #expect(isClose(y, expected), "of \(x): \(y), not \(expected)")
    }
  }

  @Test func `arithmetic is IEEE's at infinities, NaN, zeros and subnormal numbers`() {
    let count = Self.specialValues.count
    let a = Tensor(shape: [count, 1], values: Self.specialValues)
    let b = Tensor(shape: [count], values: Self.specialValues)
    let results: [(Tensor, (Float, Float) -> Float)] = [
      (a + b, { $0 + $1 }), (a - b, { $0 - $1 }), (a * b, { $0 * $1 }), (a / b, { $0 / $1 }),
      (Tensor.maximum(a, b), { $0 > $1 ? $0 : $1 }), (Tensor.minimum(a, b), { $0 < $1 ? $0 : $1 }),
      (a.less(than: b), { $0 < $1 ? 1 : 0 }), (a.equal(to: b), { $0 == $1 ? 1 : 0 }),
      (a.lessOrEqual(to: b), { $0 <= $1 ? 1 : 0 }), (a.select(b, Tensor(3)), { $0 != 0 ? $1 : 3 }),
    ]
    for (result, definition) in results {
      for (i, y) in result.values.enumerated() {
        let expected = definition(
          Self.specialValues[i / count], Self.specialValues[i % count])
        #expect(y.isNaN ? expected.isNaN : y.bitPattern == expected.bitPattern)
      }
    }
  }

  /// Within a few units in the last place, with the sign of a zero.
  private func isClose(_ a: Float, _ b: Float) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == b { return a != 0 || a.sign == b.sign }
    return a.isFinite && b.isFinite && abs(a - b) <= 4 * max(b.ulp, Float.leastNonzeroMagnitude)
  }
}
