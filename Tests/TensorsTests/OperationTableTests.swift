import Tensors
import Testing

@Suite struct OperationTableTests {
  @Test(arguments: OperationTable.all)
  func `has the values and the gradient of its definition`(entry: OperationCase) {
    check(entry)
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
