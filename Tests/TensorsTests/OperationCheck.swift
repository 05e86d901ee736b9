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
  check(inputs, tolerance: tolerance, operation, reference, sourceLocation: sourceLocation)
}

func check(_ entry: OperationCase) {
  check(entry.inputs(), tolerance: entry.tolerance, entry.operation, entry.reference)
}

private func check(
  _ inputs: [Tensor], tolerance: Double, _ operation: ([Tensor]) -> Tensor,
  _ reference: Reference, sourceLocation: SourceLocation = #_sourceLocation
) {
  let shapes = inputs.map(\.shape)
  let doubles = inputs.map { $0.values.map(Double.init) }
  let result = operation(inputs)
  let expected = reference(doubles)
  #expect(
    distance(result.values, expected) <= tolerance, "values for \(shapes)",
    sourceLocation: sourceLocation)

  let weights = resultWeights(result)
  (result * weights).sum().backward()
  for (index, input) in inputs.enumerated() where input.count > 0 {
    let elements = Array(stride(from: 0, to: input.count, by: 1 + input.count / 100))
    let slopes = centralDifferences(
      doubles, index, elements, weights.values.map(Double.init), reference)
    // Without a gradient the operation is constant, wherever it is differentiable.
    #expect(
      input.gradient == nil || input.gradient?.shape == input.shape, sourceLocation: sourceLocation)
    let gradient = input.gradient?.values ?? Array(repeating: 0, count: input.count)
    #expect(
      distance(elements.map { gradient[$0] }, slopes) <= 10 * tolerance,
      "gradient of input \(index) for \(shapes)", sourceLocation: sourceLocation)
  }
}

/// The gradient of a result that the checks start from.
func resultWeights(_ result: Tensor) -> Tensor {
  let weights = RandomStream(seed: 7, purpose: "weights").uniform(result.count, low: -1, high: 1)
  return Tensor(shape: result.shape, values: weights)
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
      return weighted(reference(moved), weights)
    }
    return (sides[0] - sides[1]) / (2 * h)
  }
}

/// A result, its gradients, and the gradients of a weighted sum of these.
struct Derivatives {
  let result: Tensor
  /// As `backward()` leaves them, and as they come with a graph of their own; without those there are none of.
  var first: [Tensor?] = []
  var recorded: [Tensor?] = []
  var second: [Tensor?] = []
  /// What the gradients are weighed with: along this direction the second derivative is.
  let directions: [Tensor]

  init(_ entry: OperationCase) {
    let inputs = entry.inputs()
    directions = inputs.enumerated().map { index, input in
      let values = RandomStream(seed: 9, purpose: "direction \(index)")
        .uniform(input.count, low: -1, high: 1)
      return Tensor(shape: input.shape, values: values)
    }
    result = entry.operation(inputs)
    let weights = resultWeights(result)
    let loss = (result * weights).sum()
    recorded = Tensor.gradients(of: loss, with: inputs, createGraph: true)
    let terms = zip(recorded, directions).compactMap { gradient, direction in
      gradient.map { ($0 * direction).sum() }
    }
    if let first = terms.first {
      let slope = terms.dropFirst().reduce(first, +)
      second = Tensor.gradients(of: slope, with: inputs)
    }
    loss.backward()
    first = inputs.map(\.gradient)
  }

  /// What stands for all of it.
  var fingerprint: String {
    Tensor.fingerprint(of: [result] + (first + second).compactMap(\.self))
  }
}

/// Holds the second derivatives against mixed differences of the reference, which know nothing of the first.
func checkSecond(_ entry: OperationCase) {
  let found = Derivatives(entry)
  let inputs = entry.inputs(requiringGradient: false).map { $0.values.map(Double.init) }
  let directions = found.directions.map { $0.values.map(Double.init) }
  let weights = resultWeights(found.result).values.map(Double.init)
  let h = 1e-3
  for (index, input) in inputs.enumerated() where !input.isEmpty {
    let elements = Array(stride(from: 0, to: input.count, by: 1 + input.count / 20))
    let slopes = elements.map { element in
      let corners = [(h, h), (h, -h), (-h, h), (-h, -h)].map { step, along in
        var moved = zip(inputs, directions).map { x, v in zip(x, v).map { $0 + along * $1 } }
        moved[index][element] += step
        return weighted(entry.reference(moved), weights)
      }
      return (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h * h)
    }
    let second = found.second.isEmpty ? nil : found.second[index]?.values
    let values = second ?? Array(repeating: 0, count: input.count)
    #expect(
      distance(elements.map { values[$0] }, slopes) <= 30 * entry.tolerance,
      "second derivative by input \(index): \(elements.map { values[$0] }), not \(slopes)")
  }
}

private func weighted(_ values: [Double], _ weights: [Double]) -> Double {
  zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The largest difference, relative above 1; infinite if the counts differ or a value is NaN.
func distance(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1) / max(1, abs(pair.1))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
