import Corpus
import Learning
import NoisyLabels
import Testing

@Suite struct TransitionMatrixTests {
  struct Notebook: Decodable {
    let matrices: [Printed]
  }

  struct Printed: Decodable {
    let name: String
    let classes: Int
    let truth: String
    let rate: Double
    let printedError: Double
    let errorFromPrintedDigits: Double
    let t: [[Double]]

    var noise: NoiseModel {
      switch truth {
      case "symmetric": .symmetric(rate: rate)
      case "pair": .pair(rate: rate)
      default: .swap(NoiseModel.sixClassSwap, rate: rate)
      }
    }
  }

  @Test func `finds the errors that were printed beside fifteen estimates`() throws {
    let matrices = try golden("transition-matrices.json", as: Notebook.self).matrices
    #expect(matrices.count == 15)
    for printed in matrices {
      let truth = try printed.noise.transition(classes: printed.classes)
      let error = try TransitionMatrix(printed.t).estimationError(against: truth)
      #expect(abs(error - printed.errorFromPrintedDigits) <= 1e-6, "\(printed.name)")
      #expect(abs(error - printed.printedError) <= 1e-5, "\(printed.name)")
    }
  }

  @Test func `divides the error by the true matrix, not by the estimate`() throws {
    let truth = TransitionMatrix.identity(classes: 2)
    let revised = try TransitionMatrix([[2, 0], [0, 2]])
    #expect(revised.estimationError(against: truth) == 1)
    #expect(truth.estimationError(against: revised) == 0.5)
    #expect(truth.estimationError(against: truth) == 0)
    #expect(try TransitionMatrix([[0, 1], [1, 0]]).estimationError(against: truth) == 2)
  }

  @Test func `normalises by clipping negatives and dividing rows by their sums`() throws {
    let matrix = try TransitionMatrix([[3, 1, -1], [-1, -2, 0], [0, 0, 1]])
    let third = 1.0 / 3
    #expect(matrix.normalised.rows == [[0.75, 0.25, 0], [third, third, third], [0, 0, 1]])
    #expect(matrix.normalised.isStochastic())
    #expect(!matrix.isStochastic())
  }

  @Test func `refuses what is no square matrix of finite numbers`() {
    #expect(throws: TransitionError.notSquare([])) { try TransitionMatrix([[Double]]()) }
    #expect(throws: TransitionError.notSquare([1, 2])) { try TransitionMatrix([[1], [0, 1]]) }
    #expect(throws: TransitionError.notFinite(row: 1, column: 0)) {
      try TransitionMatrix([[1, 0], [.nan, 1]])
    }
    #expect(throws: TransitionError.shape([2, 3])) {
      try TransitionMatrix(NumericArray.doubles([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    }
  }

  @Test func `goes to an array and a tensor and comes back`() throws {
    let matrix = try NoiseModel.symmetric(rate: 0.4).transition(classes: 10)
    #expect(matrix.array.shape == [10, 10])
    #expect(try TransitionMatrix(matrix.array) == matrix)
    let rounded = try TransitionMatrix(matrix.tensor())
    #expect(rounded.rows[0][1] == Double(Float(0.4 / 9)))
  }

  @Test(arguments: 1...12)
  func `has an inverse whose product with it is the identity`(classes: Int) throws {
    var random = SplitMix64(seed: UInt64(classes))
    // Zeros on the diagonal make the pivots move.
    let rows = (0..<classes).map { i in
      (0..<classes).map { j in
        i == j && classes > 1 ? 0 : Double(random.next() >> 40) / 0x1p24 + 0.01
      }
    }
    let matrix = try TransitionMatrix(rows)
    let inverse = try matrix.inverse()
    for i in 0..<classes {
      for j in 0..<classes {
        let entry = (0..<classes).reduce(0) { $0 + matrix[i, $1] * inverse[$1, j] }
        #expect(abs(entry - (i == j ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test func `has no inverse when rows are alike`() throws {
    let uniform = try NoiseModel.symmetric(rate: 0.9).transition(classes: 10)
    #expect(
      message { try uniform.inverse() }
        == "the transition matrix has no inverse; use the 'forward' loss, which needs no inverse")
  }
}
