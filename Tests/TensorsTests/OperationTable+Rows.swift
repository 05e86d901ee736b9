import Glibc
import Tensors

extension OperationTable {
  static let rows: [OperationCase] = [[1, 1], [3, 10], [2, 2, 5], [0, 4], [2, 70]].flatMap {
    shape -> [OperationCase] in
    let columns = shape[shape.count - 1]
    @Sendable func eachRow(_ x: [Double], _ body: ([Double]) -> [Double]) -> [Double] {
      stride(from: 0, to: x.count, by: columns).flatMap { body(Array(x[$0..<$0 + columns])) }
    }
    return [
      OperationCase(
        name: "softmax", shapes: [shape], operation: { $0[0].softmax() },
        reference: { Plain.logSoftmax($0[0], columns: columns).map { exp($0) } }),
      OperationCase(
        name: "logSoftmax", shapes: [shape], operation: { $0[0].logSoftmax() },
        reference: { Plain.logSoftmax($0[0], columns: columns) }),
      OperationCase(
        name: "logSumExp", shapes: [shape], operation: { $0[0].logSumExp() },
        reference: { eachRow($0[0]) { [log($0.reduce(0) { $0 + exp($1) })] } }),
      OperationCase(
        name: "l2Normalised", shapes: [shape], operation: { $0[0].l2Normalised() },
        reference: {
          eachRow($0[0]) { row in
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return row.map { $0 / (length < 1e-12 ? 1e-12 : length) }
          }
        }),
      OperationCase(
        name: "dropout", shapes: [shape],
        operation: {
          $0[0].dropout(
            rate: 0.25, stream: RandomStream(seed: 3, purpose: "dropout"), firstElement: 5)
        },
        reference: { x in
          let words = RandomStream(seed: 3, purpose: "dropout").words(x[0].count, from: 5)
          return zip(x[0], words).map { Double($1 >> 8) >= 0.25 * 0x1p24 ? $0 / 0.75 : 0 }
        }),
    ]
  }

  static let losses: [OperationCase] = [(1, 1), (4, 3), (9, 12), (3, 70)].flatMap {
    (rows: Int, columns: Int) -> [OperationCase] in
    let labels = (0..<rows).map { Int32(($0 * 7 + 1) % columns) }
    let shape = [rows, columns]
    @Sendable func logs(_ x: [Double]) -> [Double] { Plain.logSoftmax(x, columns: columns) }
    @Sendable func hit(_ row: Int) -> Int { row * columns + Int(labels[row]) }
    return [
      OperationCase(
        name: "crossEntropy", shapes: [shape], operation: { $0[0].crossEntropy(labels) },
        reference: { x in
          let logs = logs(x[0])
          return [-(0..<rows).reduce(0) { $0 + logs[hit($1)] } / Double(rows)]
        }),
      OperationCase(
        name: "crossEntropy with targets", shapes: [shape, shape], tolerance: 2e-4,
        operation: { $0[0].crossEntropy(targets: $0[1]) },
        reference: { x in [-zip(logs(x[0]), x[1]).reduce(0) { $0 + $1.0 * $1.1 } / Double(rows)] }),
      OperationCase(
        name: "crossEntropy with sample weights", shapes: [shape, [rows]], tolerance: 1e-4,
        operation: { $0[0].crossEntropy(labels, sampleWeights: $0[1]) },
        reference: { x in
          let logs = logs(x[0])
          return [-(0..<rows).reduce(0) { $0 + x[1][$1] * logs[hit($1)] } / Double(rows)]
        }),
      OperationCase(
        name: "crossEntropy with class weights", shapes: [shape, [columns]], range: 0.5...2,
        tolerance: 1e-4, operation: { $0[0].crossEntropy(labels, classWeights: $0[1]) },
        reference: { x in
          let logs = logs(x[0])
          let weights = labels.map { x[1][Int($0)] }
          let sum = (0..<rows).reduce(0) { $0 + weights[$1] * logs[hit($1)] }
          return [-sum / weights.reduce(0, +)]
        }),
      OperationCase(
        name: "klDivergence", shapes: [shape, shape], range: -2...0, tolerance: 1e-4,
        operation: { Tensor.klDivergence(of: $0[0], from: $0[1]) },
        reference: { x in
          let terms = zip(x[0], x[1]).map { p, q in exp(p) == 0 ? 0 : exp(p) * (p - q) }
          return [terms.reduce(0, +) / Double(rows)]
        }),
      OperationCase(
        name: "meanSquaredError", shapes: [shape, shape], tolerance: 1e-4,
        operation: { $0[0].meanSquaredError($0[1]) },
        reference: { x in
          [
            zip(x[0], x[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
              / Double(rows * columns)
          ]
        }),
      OperationCase(
        name: "gathered", shapes: [shape], operation: { $0[0].gathered(labels) },
        reference: { x in (0..<rows).map { x[0][hit($0)] } }),
    ]
  }

  static let matrices: [OperationCase] =
    [[1, 1], [3, 3], [2, 4, 4], [0, 2, 2]].flatMap { shape -> [OperationCase] in
      let n = shape[shape.count - 1]
      // Far enough from singular, and rows out of order, so that pivots are exchanged.
      let base: [Float] = (0..<n * n).map { $0 / n == (($0 % n) + 1) % n ? 4 : 0 }
      @Sendable func each(_ x: [Double], _ body: ([Double]) -> [Double]) -> [Double] {
        stride(from: 0, to: x.count, by: n * n).flatMap { first in
          body((0..<n * n).map { x[first + $0] + Double(base[$0]) })
        }
      }
      return [
        OperationCase(
          name: "inverse", shapes: [shape], range: -1...1, tolerance: 1e-4,
          operation: { ($0[0] + Tensor(shape: [n, n], values: base)).inverse() },
          reference: { each($0[0]) { Plain.inverse($0, n).inverse } }),
        OperationCase(
          name: "logAbsoluteDeterminant", shapes: [shape], range: -1...1, tolerance: 1e-4,
          operation: { ($0[0] + Tensor(shape: [n, n], values: base)).logAbsoluteDeterminant() },
          reference: { each($0[0]) { [Plain.inverse($0, n).logDeterminant] } }),
      ]
    }
    + [(1, 1, 1), (3, 4, 5), (4, 2, 40), (0, 2, 3)].flatMap { n, m, features in
      let shapes = [[n, features], [m, features]]
      @Sendable func pairs(
        _ x: [[Double]], _ body: (ArraySlice<Double>, ArraySlice<Double>) -> Double
      ) -> [Double] {
        (0..<n * m).map { i in
          let (a, b) = (i / m * features, i % m * features)
          return body(x[0][a..<a + features], x[1][b..<b + features])
        }
      }
      @Sendable func squared(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return [
        OperationCase(
          name: "squaredDistances", shapes: shapes, tolerance: 1e-4,
          operation: { $0[0].squaredDistances(to: $0[1]) }, reference: { pairs($0, squared) }),
        OperationCase(
          name: "euclideanDistances", shapes: shapes, tolerance: 1e-4,
          operation: { $0[0].euclideanDistances(to: $0[1]) },
          reference: { pairs($0) { squared($0, $1).squareRoot() } }),
        OperationCase(
          name: "cosineDistances", shapes: shapes, tolerance: 1e-4,
          operation: { $0[0].cosineDistances(to: $0[1]) },
          reference: {
            pairs($0) { a, b in
              func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
                zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
              }
              let lengths = (dot(a, a) * dot(b, b)).squareRoot()
              return 1 - dot(a, b) / (lengths < 1e-24 ? 1e-24 : lengths)
            }
          }),
      ]
    }
}
