import Tensors

extension OperationTable {
  private struct Image: Sendable {
    var x: [Int]
    var w: [Int]
    var stride = 1
    var padding = 0
  }

  private static let convolutions: [Image] = [
    .init(x: [1, 1, 1, 1], w: [1, 1, 1, 1]), .init(x: [2, 1, 5, 4], w: [3, 1, 3, 3], padding: 1),
    .init(x: [1, 2, 6, 7], w: [3, 2, 3, 3], stride: 2, padding: 1),
    .init(x: [2, 2, 4, 4], w: [2, 2, 2, 3], padding: 1), .init(x: [0, 2, 4, 4], w: [2, 2, 3, 3]),
    .init(x: [1, 16, 4, 4], w: [17, 16, 3, 3], padding: 1),
  ]

  static let images: [OperationCase] =
    convolutions.map { image in
      OperationCase(
        name: "conv2d, stride \(image.stride), padding \(image.padding)",
        shapes: [image.x, image.w, [image.w[0]]], tolerance: 2e-4,
        operation: {
          $0[0].conv2d(weight: $0[1], bias: $0[2], stride: image.stride, padding: image.padding)
        },
        reference: {
          Plain.conv2d(
            $0[0], $0[1], $0[2], image.x, image.w, stride: image.stride, padding: image.padding)
        })
    }
    + [
      OperationCase(
        name: "conv2d, 2 groups", shapes: [[2, 4, 4, 3], [6, 2, 3, 2], [6]], tolerance: 2e-4,
        operation: { $0[0].conv2d(weight: $0[1], bias: $0[2], padding: 1, groups: 2) },
        reference: {
          Plain.conv2d(
            $0[0], Plain.ungrouped($0[1], [6, 2, 3, 2], groups: 2), $0[2], [2, 4, 4, 3],
            [6, 4, 3, 2], stride: 1, padding: 1)
        }),
      OperationCase(
        name: "conv2dReLUMaxPool", shapes: [[2, 2, 6, 6], [3, 2, 3, 3], [3]], tolerance: 2e-4,
        operation: {
          $0[0].conv2dReLUMaxPool(weight: $0[1], bias: $0[2], padding: 1, pool: 2)
        },
        reference: {
          let y = Plain.conv2d(
            $0[0], $0[1], $0[2], [2, 2, 6, 6], [3, 2, 3, 3], stride: 1, padding: 1)
          return Plain.maxPool2d(Plain.relu(y), [2, 3, 6, 6], size: 2, stride: 2)
        }),
    ]
    + [(1, 0, 0), (2, 1, 0), (2, 1, 1), (3, 0, 2)].map { stride, padding, extra in
      let (x, w) = ([2, 3, 3, 4], [3, 2, 3, 2])
      return OperationCase(
        name: "conv2dTransposed, stride \(stride), padding \(padding), output \(extra)",
        shapes: [x, w, [2]], tolerance: 2e-4,
        operation: {
          $0[0].conv2dTransposed(
            weight: $0[1], bias: $0[2], stride: stride, padding: padding, outputPadding: extra)
        },
        reference: {
          Plain.conv2dTransposed(
            $0[0], $0[1], $0[2], x, w, stride: stride, padding: padding, extra: extra)
        })
    }
    + [
      ([1, 1, 2, 2], 2, 2, 0), ([1, 2, 7, 5], 2, 2, 0), ([2, 1, 5, 5], 3, 1, 1),
      ([1, 1, 6, 7], 3, 2, 1),
    ]
    .flatMap { shape, size, stride, padding in
      [
        OperationCase(
          name: "maxPool2d \(size), stride \(stride), padding \(padding)", shapes: [shape],
          operation: { $0[0].maxPool2d(size, stride: stride, padding: padding) },
          reference: {
            Plain.windows($0[0], shape, size, stride, padding).map { $0.max() ?? 0 }
          }),
        OperationCase(
          name: "averagePool2d \(size), stride \(stride), padding \(padding)", shapes: [shape],
          operation: { $0[0].averagePool2d(size, stride: stride, padding: padding) },
          reference: {
            Plain.windows($0[0], shape, size, stride, padding)
              .map { $0.reduce(0, +) / Double($0.count) }
          }),
      ]
    }
    + [
      ([2, 2, 4, 6], 2, 3), ([1, 2, 5, 7], 2, 3), ([1, 1, 3, 2], 5, 2), ([2, 3, 20, 17], 1, 1),
    ]
    .map { shape, height, width in
      OperationCase(
        name: "adaptiveAveragePool2d \(height) × \(width)", shapes: [shape],
        operation: { $0[0].adaptiveAveragePool2d(to: (height, width)) },
        reference: { Plain.adaptiveAverages($0[0], shape, height, width) })
    }
    + [[2, 3, 4, 5], [2, 3, 17, 18], [0, 2, 3], [1, 1, 1]].map { shape in
      OperationCase(
        name: "globalAveragePool", shapes: [shape], operation: { $0[0].globalAveragePool() },
        reference: { x in
          let inner = shape.dropFirst(2).reduce(1, *)
          return Plain.reduced(x[0], [shape[0] * shape[1], inner], [1]) {
            $0.reduce(0, +) / Double(inner)
          }
        })
    } + norms

  private static let norms: [OperationCase] = [[4, 3], [2, 3, 5], [3, 4, 2, 3], [2, 40]].flatMap {
    shape -> [OperationCase] in
    let channels = shape[1]
    let inner = shape.dropFirst(2).reduce(1, *)
    let given: [Float] = (0..<channels).map { 0.5 + 0.25 * Float($0 % 5) }
    let last = shape[shape.count - 1]
    return [
      OperationCase(
        name: "batchNormTraining", shapes: [shape, [channels], [channels]], tolerance: 2e-4,
        operation: { $0[0].batchNormTraining(scale: $0[1], shift: $0[2], epsilon: 0.1).result },
        reference: {
          Plain.normalised(
            $0[0], [shape[0], channels, 1, inner], over: [0, 3], $0[1], $0[2], epsilon: 0.1)
        }),
      OperationCase(
        name: "batchNormTraining without scale", shapes: [shape], tolerance: 2e-4,
        operation: { $0[0].batchNormTraining(epsilon: 0.1).result },
        reference: {
          Plain.normalised(
            $0[0], [shape[0], channels, 1, inner], over: [0, 3], nil, nil, epsilon: 0.1)
        }),
      OperationCase(
        name: "batchNormEvaluation", shapes: [shape, [channels], [channels]], tolerance: 1e-4,
        operation: {
          let statistics = Tensor(shape: [channels], values: given)
          return $0[0].batchNormEvaluation(
            scale: $0[1], shift: $0[2], mean: statistics, variance: statistics, epsilon: 0.1)
        },
        reference: { x in
          x[0].indices.map { i in
            let c = i / inner % channels
            let s = Double(given[c])
            return (x[0][i] - s) / (s + Double(Float(0.1))).squareRoot() * x[1][c] + x[2][c]
          }
        }),
      OperationCase(
        name: "layerNorm", shapes: [shape, [last], [last]], tolerance: 2e-4,
        operation: { $0[0].layerNorm(scale: $0[1], shift: $0[2], epsilon: 0.1) },
        reference: {
          let rows = $0[0].count / last
          return Plain.normalised(
            $0[0], [rows, 1, last, 1], over: [2, 3], $0[1], $0[2], epsilon: 0.1)
        }),
      OperationCase(
        name: "groupNorm", shapes: [shape, [channels], [channels]], tolerance: 2e-4,
        operation: {
          $0[0].groupNorm(
            groups: channels % 2 == 0 ? 2 : 1, scale: $0[1], shift: $0[2], epsilon: 0.1)
        },
        reference: {
          let groups = channels % 2 == 0 ? 2 : 1
          return Plain.normalised(
            $0[0], [shape[0], groups, channels / groups, inner], over: [2, 3], $0[1], $0[2],
            epsilon: 0.1)
        }),
    ]
  }
}
