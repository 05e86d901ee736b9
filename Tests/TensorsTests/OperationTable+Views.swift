import Tensors

extension OperationTable {
  /// An operation that only puts elements elsewhere: its reference says which element of the input goes
  /// where, nil being 0.
  private static func moved(
    _ name: String, _ shape: [Int], _ operation: @escaping @Sendable (Tensor) -> Tensor,
    _ source: @escaping @Sendable (Int) -> Int?, count: Int
  ) -> OperationCase {
    OperationCase(
      name: name, shapes: [shape], operation: { operation($0[0]) },
      reference: { x in (0..<count).map { i in source(i).map { x[0][$0] } ?? 0 } })
  }

  static let views: [OperationCase] = [
    moved("reshaped", [2, 6], { $0.reshaped([3, -1]) }, { $0 }, count: 12),
    moved("flattened", [2, 3, 2], { $0.flattened() }, { $0 }, count: 12),
    moved("transposed", [3, 4], { $0.transposed() }, { $0 % 3 * 4 + $0 / 3 }, count: 12),
    moved(
      "permuted", [2, 3, 4], { $0.permuted([2, 0, 1]) },
      { $0 % 3 * 4 + $0 / 3 % 2 * 12 + $0 / 6 }, count: 24),
    moved("expanded", [3, 1], { $0.expanded(to: [2, 3, 4]) }, { $0 / 4 % 3 }, count: 24),
    moved("sliced", [3, 5], { $0.sliced(axis: 1, 1..<4) }, { $0 / 3 * 5 + $0 % 3 + 1 }, count: 9),
    moved(
      "sliced by steps", [3, 5], { $0.sliced(axis: -1, 1..<5, step: 3) },
      { $0 / 2 * 5 + $0 % 2 * 3 + 1 }, count: 6),
    moved("sliced to nothing", [3, 5], { $0.sliced(axis: 0, 1..<1) }, { $0 }, count: 0),
    moved("flipped", [2, 3], { $0.flipped(axes: [1]) }, { $0 / 3 * 3 + 2 - $0 % 3 }, count: 6),
    moved("flipped both ways", [2, 3], { $0.flipped(axes: [0, 1]) }, { 5 - $0 }, count: 6),
    moved(
      "padded", [2, 2], { $0.padded([(1, 0), (2, 1)]) },
      { i in
        let (row, column) = (i / 5 - 1, i % 5 - 2)
        return row >= 0 && 0..<2 ~= column ? row * 2 + column : nil
      }, count: 15),
    moved(
      "selectingRows", [3, 2], { $0.selectingRows([2, 0, 2]) },
      { [4, 5, 0, 1, 4, 5][$0] }, count: 6),
    OperationCase(
      name: "addingRows", shapes: [[3, 2]], operation: { $0[0].addingRows(at: [3, 1, 3], of: 4) },
      reference: { x in
        [0, 0, x[0][2], x[0][3], 0, 0, x[0][0] + x[0][4], x[0][1] + x[0][5]]
      }),
    OperationCase(
      name: "summed", shapes: [[2, 3, 4]], operation: { $0[0].summed(to: [3, 1]) },
      reference: { Plain.reduced($0[0], [2, 3, 4], [0, 2]) { $0.reduce(0, +) } }),
    OperationCase(
      name: "concatenated", shapes: [[2, 1], [2, 3], [2, 0]],
      operation: { Tensor.concatenated($0, axis: 1) },
      reference: { x in [x[0][0]] + x[1][0..<3] + [x[0][1]] + x[1][3..<6] }),
    OperationCase(
      name: "stacked", shapes: [[2], [2]], operation: { Tensor.stacked($0) },
      reference: { $0[0] + $0[1] }),
  ]

  static let ordered: [OperationCase] =
    [([7], 0), ([3, 4], 0), ([3, 4], 1), ([2, 3, 5], 1), ([1], 0), ([0, 3], 1)].flatMap {
      (shape: [Int], axis: Int) -> [OperationCase] in
      let step = shape[(axis + 1)...].reduce(1, *)
      return [
        OperationCase(
          name: "maximum along \(axis)", shapes: [shape],
          operation: { $0[0].maximum(axis: axis).values },
          reference: { Plain.reduced($0[0], shape, [axis]) { $0.max() ?? 0 } }),
        OperationCase(
          name: "minimum along \(axis)", shapes: [shape],
          operation: { $0[0].minimum(axis: axis, keepingAxis: true).values },
          reference: { Plain.reduced($0[0], shape, [axis]) { $0.min() ?? 0 } }),
        OperationCase(
          name: "cumulativeSum along \(axis)", shapes: [shape], tolerance: 1e-4,
          operation: { $0[0].cumulativeSum(axis: axis) },
          reference: { x in
            x[0].indices.map { i in
              stride(from: i, to: i - i / step % shape[axis] * step - 1, by: -step)
                .reduce(0) { $0 + x[0][$1] }
            }
          }),
      ]
    }
    + [[1], [9], [3, 8], [0, 4]].flatMap { shape -> [OperationCase] in
      let columns = shape[shape.count - 1]
      @Sendable func eachRow(_ x: [Double], _ body: ([Double]) -> [Double]) -> [Double] {
        stride(from: 0, to: x.count, by: columns).flatMap { body(x[$0..<$0 + columns].sorted()) }
      }
      return [
        OperationCase(
          name: "sorted", shapes: [shape], operation: { $0[0].sorted().values },
          reference: { eachRow($0[0]) { $0 } }),
        OperationCase(
          name: "sorted descending", shapes: [shape],
          operation: { $0[0].sorted(descending: true).values },
          reference: { eachRow($0[0]) { $0.reversed() } }),
        OperationCase(
          name: "topK", shapes: [shape], operation: { $0[0].topK(1).values },
          reference: { eachRow($0[0]) { [$0[columns - 1]] } }),
      ]
        + QuantileInterpolation.allCases.map { interpolation in
          OperationCase(
            name: "quantile, \(interpolation)", shapes: [shape],
            operation: { $0[0].quantile(0.3, interpolation: interpolation) },
            reference: { eachRow($0[0]) { [Plain.quantile($0, 0.3, interpolation.rawValue)] } })
        }
    }
}
