import Tensors
import Testing

/// Draws shapes and arguments, right and wrong ones, the same in every run.
struct Draw {
  private let stream: RandomStream
  private var next: UInt64 = 0

  init(_ purpose: String) { stream = RandomStream(seed: 11, purpose: purpose) }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    next += 1
    let word = stream.words(1, from: next)[0]
    return range.lowerBound + Int(word) % range.count
  }

  mutating func one<Choice>(of choices: [Choice]) -> Choice {
    choices[number(0...choices.count - 1)]
  }

  /// Mostly small sizes, now and then 0, 1 or more than a vector's lanes.
  mutating func size() -> Int { one(of: [0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 17, 33]) }

  mutating func shape(_ rank: ClosedRange<Int> = 0...5) -> [Int] {
    (0..<number(rank)).map { _ in size() }
  }

  /// The shape with, one time in three, an axis more, less, of another size or of size 1.
  mutating func varied(_ shape: [Int]) -> [Int] {
    var shape = shape
    let place = number(0...max(shape.count - 1, 0))
    switch number(0...11) {
    case 0: shape.insert(size(), at: place)
    case 1 where !shape.isEmpty: shape.remove(at: place)
    case 2 where !shape.isEmpty: shape[place] = size()
    case 3 where !shape.isEmpty: shape[place] = 1
    default: break
    }
    return shape
  }

  mutating func indices(_ count: Int, below bound: Int) -> [Int32] {
    let wrong = number(0...9) == 0
    return (0..<count).map { _ in Int32(number(wrong ? -1...bound : 0...max(bound - 1, 0))) }
  }
}

/// A call with drawn arguments: the rule, which says what comes out or throws, and the operation.
struct DrawnCall {
  let arguments: String
  let rule: () throws -> [Int]
  let operation: () -> Tensor
}

/// One way of drawing calls for each operation that does not take every shape.
struct FuzzedOperation: CustomTestStringConvertible, Sendable {
  let name: String
  let draw: @Sendable (inout Draw) -> DrawnCall

  var testDescription: String { name }
}

private func input(_ shape: [Int]) -> Tensor {
  let values = RandomStream(seed: 5, purpose: "fuzz").uniform(shape.reduce(1, *), low: 0.1, high: 1)
  return Tensor(shape: shape, values: values, requiresGradient: true)
}

extension FuzzedOperation {
  static let all = elementwise + reductions + views + rows + products + images + norms

  private static let elementwise: [FuzzedOperation] = [
    FuzzedOperation(name: "+") { draw in
      let a = draw.shape()
      let b = draw.one(of: [draw.varied(a), Array(draw.varied(a).dropFirst())])
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.broadcast("+", a, b)
      } operation: {
        input(a) + input(b)
      }
    },
    FuzzedOperation(name: "multiplied") { draw in
      let a = draw.shape()
      let (b, c) = (draw.varied(a), draw.varied(a))
      return DrawnCall(arguments: "\(a) \(b) \(c)") {
        try Shape.broadcast("multiplied", Shape.broadcast("multiplied", a, b), c)
      } operation: {
        input(a).multiplied(by: input(b), adding: input(c))
      }
    },
    FuzzedOperation(name: "expanded") { draw in
      var full = draw.shape()
      let shape = draw.varied(draw.varied(full))
      if full.dropFirst().contains(0) == false, draw.number(0...9) == 0 {
        full = [draw.one(of: [-1, 1 << 62, .max]), 2] + full.dropFirst()
      }
      return DrawnCall(arguments: "\(shape) \(full)") { [full] in
        try Shape.expanded(shape, to: full)
        return full
      } operation: { [full] in
        input(shape).expanded(to: full)
      }
    },
    FuzzedOperation(name: "dropout") { draw in
      let shape = draw.shape()
      let rate = draw.one(of: [-0.5, 0, 0.5, 0.99, 1, .nan])
      return DrawnCall(arguments: "\(shape) \(rate)") {
        try Shape.dropout(rate: rate)
        return shape
      } operation: {
        input(shape).dropout(rate: rate, stream: RandomStream(seed: 1, purpose: "d"))
      }
    },
  ]

  private static let reductions: [FuzzedOperation] = [
    FuzzedOperation(name: "sum") { draw in
      let shape = draw.shape()
      let axes = (0..<draw.number(0...3)).map { _ in draw.number(-shape.count - 1...shape.count) }
      let keeping = draw.number(0...1) == 1
      return DrawnCall(arguments: "\(shape) \(axes) \(keeping)") {
        try Shape.reduction("sum", shape, axes: axes, keepingAxes: keeping)
      } operation: {
        input(shape).sum(axes: axes, keepingAxes: keeping)
      }
    },
    FuzzedOperation(name: "variance") { draw in
      let shape = draw.shape()
      let axes = (0..<draw.number(1...2)).map { _ in draw.number(-shape.count...shape.count) }
      return DrawnCall(arguments: "\(shape) \(axes)") {
        try Shape.reduction("variance", shape, axes: axes, keepingAxes: false)
      } operation: {
        input(shape).variance(axes: axes)
      }
    },
    FuzzedOperation(name: "maximum") { draw in
      let shape = draw.shape()
      let axis = draw.number(-shape.count - 1...shape.count)
      let keeping = draw.number(0...1) == 1
      return DrawnCall(arguments: "\(shape) \(axis) \(keeping)") {
        try Shape.extremum("maximum", shape, axis: axis, keepingAxis: keeping)
      } operation: {
        input(shape).maximum(axis: axis, keepingAxis: keeping).values
      }
    },
    FuzzedOperation(name: "rowDots") { draw in
      let a = draw.shape(0...3)
      let b = draw.varied(a)
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.rowDots(a, b)
      } operation: {
        input(a).rowDots(input(b))
      }
    },
    FuzzedOperation(name: "channelDots") { draw in
      let a = draw.shape(1...4)
      let b = draw.varied(a)
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.channelDots(a, b)
      } operation: {
        input(a).channelDots(input(b))
      }
    },
  ]

  private static let views: [FuzzedOperation] = [
    FuzzedOperation(name: "reshaped") { draw in
      let shape = draw.shape()
      var target = draw.varied(draw.one(of: [shape, shape.reversed(), [shape.reduce(1, *)]]))
      if !target.isEmpty, draw.number(0...2) == 0 { target[0] = draw.one(of: [-1, -1, -2, .max]) }
      return DrawnCall(arguments: "\(shape) \(target)") { [target] in
        try Shape.reshaped(shape, target)
      } operation: { [target] in
        input(shape).reshaped(target)
      }
    },
    FuzzedOperation(name: "permuted") { draw in
      let shape = draw.shape()
      let last = shape.count - 1
      let axes =
        draw.number(0...1) == 0
        ? (0..<shape.count).map { (last - $0) } : shape.indices.map { _ in draw.number(0...last) }
      return DrawnCall(arguments: "\(shape) \(axes)") {
        try Shape.permuted(shape, axes)
      } operation: {
        input(shape).permuted(axes)
      }
    },
    FuzzedOperation(name: "sliced") { draw in
      let shape = draw.shape()
      let axis = draw.number(-shape.count - 1...max(shape.count - 1, 0))
      let first = draw.number(-1...4)
      let (end, step) = (draw.number(first...first + 3), draw.number(0...4))
      return DrawnCall(arguments: "\(shape) \(axis) \(first)..<\(end) \(step)") {
        try Shape.sliced(shape, axis: axis, first..<end, step: step)
      } operation: {
        input(shape).sliced(axis: axis, first..<end, step: step)
      }
    },
    FuzzedOperation(name: "cumulativeSum") { draw in
      let shape = draw.shape()
      let axis = draw.number(-shape.count - 1...shape.count)
      return DrawnCall(arguments: "\(shape) \(axis)") {
        _ = try Shape.axes("cumulativeSum", [axis], of: shape)
        return shape
      } operation: {
        input(shape).cumulativeSum(axis: axis)
      }
    },
    FuzzedOperation(name: "flipped") { draw in
      let shape = draw.shape()
      let axes = (0..<draw.number(0...3)).map { _ in draw.number(-shape.count...shape.count) }
      return DrawnCall(arguments: "\(shape) \(axes)") {
        _ = try Shape.axes("flipped", axes, of: shape)
        return shape
      } operation: {
        input(shape).flipped(axes: axes)
      }
    },
    FuzzedOperation(name: "padded") { draw in
      let shape = draw.shape(0...4)
      let widths = draw.varied(shape).map { _ in
        (before: draw.number(-1...3), after: draw.number(0...3))
      }
      return DrawnCall(arguments: "\(shape) \(widths)") {
        try Shape.padded(shape, widths)
      } operation: {
        input(shape).padded(widths)
      }
    },
    FuzzedOperation(name: "concatenated") { draw in
      let shape = draw.shape(0...4)
      let shapes = (0..<draw.number(0...3)).map { _ in draw.varied(shape) }
      let axis = draw.number(-shape.count - 1...shape.count)
      return DrawnCall(arguments: "\(shapes) \(axis)") {
        try Shape.concatenated(shapes, axis: axis)
      } operation: {
        Tensor.concatenated(shapes.map(input), axis: axis)
      }
    },
    FuzzedOperation(name: "transposed") { draw in
      let shape = draw.shape()
      return DrawnCall(arguments: "\(shape)") {
        try Shape.transposed(shape)
      } operation: {
        input(shape).transposed()
      }
    },
    FuzzedOperation(name: "flattened") { draw in
      let shape = draw.shape()
      return DrawnCall(arguments: "\(shape)") {
        try Shape.flattened(shape)
      } operation: {
        input(shape).flattened()
      }
    },
  ]

  private static let rows: [FuzzedOperation] = [
    FuzzedOperation(name: "softmax") { draw in
      let shape = draw.shape()
      return DrawnCall(arguments: "\(shape)") {
        _ = try Shape.rows("softmax", shape)
        return shape
      } operation: {
        input(shape).softmax()
      }
    },
    FuzzedOperation(name: "topK") { draw in
      let shape = draw.shape(0...3)
      let count = draw.number(-1...5)
      return DrawnCall(arguments: "\(shape) \(count)") {
        try Shape.topK(shape, count)
      } operation: {
        input(shape).topK(count).values
      }
    },
    FuzzedOperation(name: "quantile") { draw in
      let shape = draw.shape(0...3)
      let level = draw.one(of: [-0.1, 0, 0.3, 1, 1.5, .nan])
      return DrawnCall(arguments: "\(shape) \(level)") {
        try Shape.quantile(shape, level)
      } operation: {
        input(shape).quantile(level)
      }
    },
    FuzzedOperation(name: "gathered") { draw in
      let shape = draw.shape(1...3)
      let columns = draw.indices(
        draw.one(of: [shape[0], shape[0], draw.size()]), below: shape.last ?? 0)
      return DrawnCall(arguments: "\(shape) \(columns)") {
        try Shape.gathered(shape, columns)
        return [columns.count]
      } operation: {
        input(shape).gathered(columns)
      }
    },
    FuzzedOperation(name: "selectingRows") { draw in
      let shape = draw.shape(0...3)
      let rows = draw.indices(draw.size(), below: shape.first ?? 0)
      return DrawnCall(arguments: "\(shape) \(rows)") {
        try Shape.selectingRows(shape, rows)
      } operation: {
        input(shape).selectingRows(rows)
      }
    },
    FuzzedOperation(name: "addingRows") { draw in
      let (shape, rows) = (draw.shape(0...3), draw.number(-1...5))
      let count = draw.one(of: [shape.first ?? 0, shape.first ?? 0, draw.size()])
      let places = draw.indices(count, below: rows)
      return DrawnCall(arguments: "\(shape) \(places) of \(rows)") {
        try Shape.addingRows(shape, at: places, of: rows)
      } operation: {
        input(shape).addingRows(at: places, of: rows)
      }
    },
    FuzzedOperation(name: "oneHot") { draw in
      let classes = draw.number(-1...5)
      let labels = draw.indices(draw.size(), below: max(classes, 0))
      return DrawnCall(arguments: "\(labels) of \(classes)") {
        try Shape.oneHot(labels, classes: classes)
      } operation: {
        Tensor.oneHot(labels, classes: classes)
      }
    },
    FuzzedOperation(name: "crossEntropy") { draw in
      let shape = draw.shape(1...3)
      let labels = draw.indices(
        draw.one(of: [shape[0], shape[0], draw.size()]), below: shape.last ?? 0)
      return DrawnCall(arguments: "\(shape) \(labels)") {
        try Shape.crossEntropy(shape, labels)
        return []
      } operation: {
        input(shape).crossEntropy(labels)
      }
    },
    FuzzedOperation(name: "crossEntropy with weights") { draw in
      let shape = draw.shape(2...2)
      let labels = draw.indices(shape[0], below: shape[1])
      let (samples, classes) = (draw.varied([shape[0]]), draw.varied([shape[1]]))
      let bySample = draw.number(0...1) == 0
      return DrawnCall(arguments: "\(shape) \(labels) \(bySample ? samples : classes)") {
        try Shape.crossEntropy(
          shape, labels, sampleWeights: bySample ? samples : nil,
          classWeights: bySample ? nil : classes)
        return []
      } operation: {
        bySample
          ? input(shape).crossEntropy(labels, sampleWeights: input(samples))
          : input(shape).crossEntropy(labels, classWeights: input(classes))
      }
    },
    FuzzedOperation(name: "crossEntropy with targets") { draw in
      let a = draw.shape(1...3)
      let b = draw.varied(a)
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.crossEntropy(a, targets: b)
        return []
      } operation: {
        input(a).crossEntropy(targets: input(b))
      }
    },
    FuzzedOperation(name: "klDivergence") { draw in
      let a = draw.shape(0...3)
      let b = draw.varied(a)
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.klDivergence(a, b)
        return []
      } operation: {
        Tensor.klDivergence(of: input(a), from: input(b))
      }
    },
    FuzzedOperation(name: "meanSquaredError") { draw in
      let a = draw.shape(0...3)
      let b = draw.varied(a)
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.meanSquaredError(a, b)
        return []
      } operation: {
        input(a).meanSquaredError(input(b))
      }
    },
  ]

  private static let products: [FuzzedOperation] = [
    FuzzedOperation(name: "matmul") { draw in
      let batch = draw.shape(0...2)
      let (m, k, n) = (draw.size(), draw.size(), draw.size())
      let transposed = (draw.number(0...1) == 1, draw.number(0...1) == 1)
      let a = draw.varied(batch + (transposed.0 ? [k, m] : [m, k]))
      let b = draw.varied(
        draw.one(of: [[], batch, draw.varied(batch)]) + (transposed.1 ? [n, k] : [k, n]))
      return DrawnCall(arguments: "\(a) \(b) \(transposed)") {
        try Shape.matmul(a, b, transposed: transposed)
      } operation: {
        input(a).matmul(input(b), transposed: transposed)
      }
    },
    FuzzedOperation(name: "linear") { draw in
      let (inputs, outputs) = (draw.size(), draw.size())
      let x = draw.varied(draw.shape(0...2) + [inputs])
      let (weight, bias) = (draw.varied([outputs, inputs]), draw.varied([outputs]))
      return DrawnCall(arguments: "\(x) \(weight) \(bias)") {
        try Shape.linear(x, weight: weight, bias: bias)
      } operation: {
        input(x).linear(weight: input(weight), bias: input(bias))
      }
    },
    FuzzedOperation(name: "inverse") { draw in
      let n = draw.number(0...4)
      let shape = draw.varied(draw.shape(0...1) + [n, n])
      return DrawnCall(arguments: "\(shape)") {
        try Shape.squareMatrices("inverse", shape)
        return shape
      } operation: {
        input(shape).inverse()
      }
    },
    FuzzedOperation(name: "squaredDistances") { draw in
      let features = draw.size()
      let (a, b) = (draw.varied([draw.size(), features]), draw.varied([draw.size(), features]))
      return DrawnCall(arguments: "\(a) \(b)") {
        try Shape.distances("squaredDistances", a, b)
      } operation: {
        input(a).squaredDistances(to: input(b))
      }
    },
  ]

  private static let images: [FuzzedOperation] = [
    FuzzedOperation(name: "conv2d") { draw in
      let groups = draw.one(of: [1, 1, 1, 2, 3, 0])
      let inputs = draw.number(0...3)
      let x = draw.varied([draw.number(0...3), inputs * max(groups, 1), draw.size(), draw.size()])
      let weight = draw.varied(
        [draw.number(0...5) * max(groups, 1), inputs, draw.number(0...4), draw.number(1...4)])
      let bias = draw.varied([weight.first ?? 0])
      let (stride, padding) = (draw.number(0...3), draw.number(-1...3))
      return DrawnCall(arguments: "\(x) \(weight) \(bias) \(stride) \(padding) \(groups)") {
        try Shape.conv2d(
          x, weight: weight, bias: bias, stride: stride, padding: padding, groups: groups)
      } operation: {
        input(x).conv2d(
          weight: input(weight), bias: input(bias), stride: stride, padding: padding, groups: groups
        )
      }
    },
    FuzzedOperation(name: "conv2dTransposed") { draw in
      let inputs = draw.number(0...5)
      let x = draw.varied([draw.number(0...3), inputs, draw.number(0...6), draw.number(1...6)])
      let weight = draw.varied([inputs, draw.number(0...4), draw.number(1...4), draw.number(1...4)])
      let bias = draw.varied([weight.count > 1 ? weight[1] : 0])
      let stride = draw.number(0...4)
      let (padding, extra) = (draw.one(of: [-1, 0, 0, 1]), draw.one(of: [-1, 0, 0, 1]))
      return DrawnCall(arguments: "\(x) \(weight) \(bias) \(stride) \(padding) \(extra)") {
        try Shape.conv2dTransposed(
          x, weight: weight, bias: bias, stride: stride, padding: padding, outputPadding: extra)
      } operation: {
        input(x).conv2dTransposed(
          weight: input(weight), bias: input(bias), stride: stride, padding: padding,
          outputPadding: extra)
      }
    },
    FuzzedOperation(name: "maxPool2d") { draw in
      let x = draw.varied(draw.shape(4...4))
      let (size, stride, padding) = (draw.number(0...4), draw.number(0...4), draw.number(-1...1))
      return DrawnCall(arguments: "\(x) \(size) \(stride) \(padding)") {
        try Shape.pool2d("maxPool2d", x, size: size, stride: stride, padding: padding)
      } operation: {
        input(x).maxPool2d(size, stride: stride, padding: padding)
      }
    },
    FuzzedOperation(name: "averagePool2d") { draw in
      let x = draw.varied(draw.shape(4...4))
      let (size, stride, padding) = (draw.number(0...4), draw.number(0...4), draw.number(-1...1))
      return DrawnCall(arguments: "\(x) \(size) \(stride) \(padding)") {
        try Shape.pool2d("averagePool2d", x, size: size, stride: stride, padding: padding)
      } operation: {
        input(x).averagePool2d(size, stride: stride, padding: padding)
      }
    },
    FuzzedOperation(name: "adaptiveAveragePool2d") { draw in
      let x = draw.varied(draw.shape(4...4))
      let size = (height: draw.number(-1...5), width: draw.number(0...5))
      return DrawnCall(arguments: "\(x) \(size)") {
        try Shape.adaptiveAveragePool2d(x, to: size)
      } operation: {
        input(x).adaptiveAveragePool2d(to: size)
      }
    },
    FuzzedOperation(name: "globalAveragePool") { draw in
      let x = draw.shape(1...4)
      return DrawnCall(arguments: "\(x)") {
        try Shape.globalAveragePool(x)
      } operation: {
        input(x).globalAveragePool()
      }
    },
  ]

  private static let norms: [FuzzedOperation] = [
    FuzzedOperation(name: "batchNormTraining") { draw in
      let x = draw.shape(1...4)
      let channels = x.count > 1 ? x[1] : 0
      let (scale, shift) = (draw.varied([channels]), draw.varied([channels]))
      return DrawnCall(arguments: "\(x) \(scale) \(shift)") {
        try Shape.batchNorm(x, scale: scale, shift: shift)
        return x
      } operation: {
        input(x).batchNormTraining(scale: input(scale), shift: input(shift)).result
      }
    },
    FuzzedOperation(name: "batchNormEvaluation") { draw in
      let x = draw.shape(1...4)
      let channels = x.count > 1 ? x[1] : 0
      let (mean, variance) = (draw.varied([channels]), draw.varied([channels]))
      return DrawnCall(arguments: "\(x) \(mean) \(variance)") {
        try Shape.batchNorm(x, mean: mean, variance: variance)
        return x
      } operation: {
        input(x).batchNormEvaluation(mean: input(mean), variance: input(variance))
      }
    },
    FuzzedOperation(name: "layerNorm") { draw in
      let x = draw.shape(0...4)
      let (scale, shift) = (draw.varied([x.last ?? 0]), draw.varied([x.last ?? 0]))
      return DrawnCall(arguments: "\(x) \(scale) \(shift)") {
        try Shape.layerNorm(x, scale: scale, shift: shift)
        return x
      } operation: {
        input(x).layerNorm(scale: input(scale), shift: input(shift))
      }
    },
    FuzzedOperation(name: "groupNorm") { draw in
      let x = draw.shape(1...4)
      let channels = x.count > 1 ? x[1] : 0
      let (scale, shift) = (draw.varied([channels]), draw.varied([channels]))
      let groups = draw.number(-1...3)
      return DrawnCall(arguments: "\(x) \(groups) \(scale) \(shift)") {
        try Shape.groupNorm(x, groups: groups, scale: scale, shift: shift)
        return x
      } operation: {
        input(x).groupNorm(groups: groups, scale: input(scale), shift: input(shift))
      }
    },
  ]
}
