import Tensors
import Testing

/// A plain-loop definition of an operation in binary64: from the inputs' values to the result's.
typealias Reference = ([[Double]]) -> [Double]

/// Holds an operation against `reference`: its values against the reference's, and its gradients
/// against the reference's central differences (at about a hundred places of a large input).
///
/// The inputs are uniform in `low..<high`; the result's gradient is uniform in -1..<1.
func check(
  _ shapes: [[Int]], low: Float = -2, high: Float = 2, tolerance: Double = 2e-5,
  _ operation: ([Tensor]) -> Tensor, _ reference: Reference,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let inputs = shapes.enumerated().map { index, shape in
    let values = RandomStream(seed: 7, purpose: "check \(index) \(shape)")
      .uniform(shape.reduce(1, *), low: low, high: high)
    return Tensor(shape: shape, values: values, requiresGradient: true)
  }
  let doubles = inputs.map { $0.values.map(Double.init) }
  let result = operation(inputs)
  let expected = reference(doubles)
  #expect(
    distance(result.values, expected) <= tolerance, "values for \(shapes)",
    sourceLocation: sourceLocation)

  let weights = RandomStream(seed: 7, purpose: "weights").uniform(result.count, low: -1, high: 1)
  (result * Tensor(shape: result.shape, values: weights)).sum().backward()
  for (index, input) in inputs.enumerated() where input.count > 0 {
    #expect(input.gradient?.shape == input.shape, sourceLocation: sourceLocation)
    let elements = Array(stride(from: 0, to: input.count, by: 1 + input.count / 100))
    let slopes = centralDifferences(
      doubles, index, elements, weights.map(Double.init), reference)
    let gradient = input.gradient?.values ?? Array(repeating: .nan, count: input.count)
    #expect(
      distance(elements.map { gradient[$0] }, slopes) <= 10 * tolerance,
      "gradient of input \(index) for \(shapes)", sourceLocation: sourceLocation)
  }
}

private func centralDifferences(
  _ inputs: [[Double]], _ index: Int, _ elements: [Int], _ weights: [Double],
  _ reference: Reference
) -> [Double] {
  elements.map { element in
    let h = 1e-5
    let sides = [h, -h].map { step in
      var moved = inputs
      moved[index][element] += step
      return zip(reference(moved), weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (sides[0] - sides[1]) / (2 * h)
  }
}

/// The largest difference, relative above 1; infinite if the counts differ or a value is NaN.
func distance(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1) / max(1, abs(pair.1))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
