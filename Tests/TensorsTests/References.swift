#if canImport(Glibc)
import Glibc
#endif

/// Operations in plain loops and binary64, as their definitions read.
enum Plain {
  static func matmul(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    (0..<m * n).map { i in
      (0..<k).reduce(0) { $0 + a[i / n * k + $1] * b[$1 * n + i % n] }
    }
  }

  static func linear(
    _ x: [Double], _ w: [Double], _ b: [Double], rows: Int, inputs: Int, outputs: Int
  ) -> [Double] {
    (0..<rows * outputs).map { i in
      let (row, out) = (i / outputs, i % outputs)
      return (0..<inputs).reduce(b[out]) { $0 + x[row * inputs + $1] * w[out * inputs + $1] }
    }
  }

  /// `x` is `[batch, in, height, width]`, `w` is `[out, in, kernel, kernel]`.
  static func conv2d(
    _ x: [Double], _ w: [Double], _ b: [Double], _ xShape: [Int], _ wShape: [Int], stride: Int,
    padding: Int
  ) -> [Double] {
    let (batch, channels, height, width) = (xShape[0], xShape[1], xShape[2], xShape[3])
    let (outputs, kernelHeight, kernelWidth) = (wShape[0], wShape[2], wShape[3])
    let rows = (height + 2 * padding - kernelHeight) / stride + 1
    let columns = (width + 2 * padding - kernelWidth) / stride + 1
    var y: [Double] = []
    for image in 0..<batch {
      for out in 0..<outputs {
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = b[out]
            for channel in 0..<channels {
              for i in 0..<kernelHeight {
                for j in 0..<kernelWidth {
                  let (r, c) = (row * stride + i - padding, column * stride + j - padding)
                  guard r >= 0, r < height, c >= 0, c < width else { continue }
                  sum +=
                    x[((image * channels + channel) * height + r) * width + c]
                    * w[((out * channels + channel) * kernelHeight + i) * kernelWidth + j]
                }
              }
            }
            y.append(sum)
          }
        }
      }
    }
    return y
  }

  static func maxPool2d(_ x: [Double], _ shape: [Int], size: Int, stride: Int) -> [Double] {
    let (height, width) = (shape[2], shape[3])
    let (rows, columns) = ((height - size) / stride + 1, (width - size) / stride + 1)
    return (0..<shape[0] * shape[1] * rows * columns).map { i in
      let (plane, row, column) = (i / (rows * columns), i / columns % rows, i % columns)
      let window = (0..<size * size).map { k in
        x[(plane * height + row * stride + k / size) * width + column * stride + k % size]
      }
      return window.max() ?? 0
    }
  }

  static func relu(_ x: [Double]) -> [Double] { x.map { max($0, 0) } }

  static func logSoftmax(_ x: [Double], columns: Int) -> [Double] {
    guard columns > 0 else { return [] }
    return stride(from: 0, to: x.count, by: columns).flatMap { start in
      let row = x[start..<start + columns]
      let maximum = row.max() ?? 0
      let logSum = log(row.reduce(0) { $0 + exp($1 - maximum) })
      return row.map { $0 - maximum - logSum }
    }
  }

  // MARK: Shapes

  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
    let rank = max(a.count, b.count)
    let padded = [a, b].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    return zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
  }

  /// The element of `small` that belongs to element `i` of `full`.
  static func place(of i: Int, in full: [Int], repeating small: [Int]) -> Int {
    var (rest, place, step) = (i, 0, 1)
    for axis in full.indices.reversed() {
      let index = rest % full[axis]
      rest /= full[axis]
      let own = axis - (full.count - small.count)
      guard own >= 0 else { continue }
      if small[own] != 1 { place += index * step }
      step *= small[own]
    }
    return place
  }

  /// `body` of the elements that differ in `axes` alone, row-major.
  static func reduced(
    _ x: [Double], _ shape: [Int], _ axes: [Int], _ body: ([Double]) -> Double
  ) -> [Double] {
    let small = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    var groups = [[Double]](repeating: [], count: small.reduce(1, *))
    for (i, value) in x.enumerated() {
      groups[place(of: i, in: shape, repeating: small)].append(value)
    }
    return groups.map(body)
  }

  static func transposed(_ x: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows * columns).map { x[$0 % rows * columns + $0 / rows] }
  }

  // MARK: Statistics

  static func variance(_ x: [Double], _ divisor: Int) -> Double {
    let mean = x.reduce(0, +) / Double(x.count)
    return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(divisor)
  }

  /// `x` is `[batch, groups, channels of a group, …]`; the statistics are taken over `axes` of these four.
  static func normalised(
    _ x: [Double], _ sizes: [Int], over axes: [Int], _ scale: [Double]?, _ shift: [Double]?,
    epsilon: Float
  ) -> [Double] {
    let small = sizes.indices.map { axes.contains($0) ? 1 : sizes[$0] }
    let means = reduced(x, sizes, axes) { $0.reduce(0, +) / Double($0.count) }
    let variances = reduced(x, sizes, axes) { variance($0, $0.count) }
    return x.indices.map { i in
      let own = place(of: i, in: sizes, repeating: small)
      let channel = i / sizes[3] % (sizes[1] * sizes[2])
      let normal = (x[i] - means[own]) / (variances[own] + Double(epsilon)).squareRoot()
      return normal * (scale?[channel] ?? 1) + (shift?[channel] ?? 0)
    }
  }

  /// Of a sorted row; the names are NumPy's.
  static func quantile(_ x: [Double], _ level: Double, _ method: String) -> Double {
    let rank = level * Double(x.count - 1)
    let (low, high) = (x[Int(rank)], x[Int(rank.rounded(.up))])
    return switch method {
    case "lower": low
    case "higher": high
    case "nearest": x[Int(rank.rounded(.toNearestOrEven))]
    case "midpoint": (low + high) / 2
    default: low == high ? low : low + (high - low) * (rank - rank.rounded(.down))
    }
  }

  // MARK: Images

  /// The elements under each window that lie inside the image.
  static func windows(
    _ x: [Double], _ shape: [Int], _ size: Int, _ stride: Int, _ padding: Int
  ) -> [[Double]] {
    let (height, width) = (shape[2], shape[3])
    let rows = (height + 2 * padding - size) / stride + 1
    let columns = (width + 2 * padding - size) / stride + 1
    return (0..<shape[0] * shape[1] * rows * columns).map { i in
      let (plane, row, column) = (i / (rows * columns), i / columns % rows, i % columns)
      return (0..<size * size).compactMap { k in
        let (r, c) = (row * stride + k / size - padding, column * stride + k % size - padding)
        return 0..<height ~= r && 0..<width ~= c ? x[(plane * height + r) * width + c] : nil
      }
    }
  }

  static func adaptiveAverages(
    _ x: [Double], _ shape: [Int], _ rows: Int, _ columns: Int
  ) -> [Double] {
    let (height, width) = (shape[2], shape[3])
    return (0..<shape[0] * shape[1] * rows * columns).map { i in
      let (plane, row, column) = (i / (rows * columns), i / columns % rows, i % columns)
      var (sum, count) = (0.0, 0.0)
      for r in row * height / rows..<((row + 1) * height + rows - 1) / rows {
        for c in column * width / columns..<((column + 1) * width + columns - 1) / columns {
          sum += x[(plane * height + r) * width + c]
          count += 1
        }
      }
      return sum / count
    }
  }

  /// `x` is `[batch, in, height, width]`, `w` is `[in, out, kernel, kernel]`: each input adds the kernel.
  static func conv2dTransposed(
    _ x: [Double], _ w: [Double], _ b: [Double], _ xShape: [Int], _ wShape: [Int], stride: Int,
    padding: Int, extra: Int
  ) -> [Double] {
    let (channels, height, width) = (xShape[1], xShape[2], xShape[3])
    let (outputs, kernelHeight, kernelWidth) = (wShape[1], wShape[2], wShape[3])
    let rows = (height - 1) * stride - 2 * padding + kernelHeight + extra
    let columns = (width - 1) * stride - 2 * padding + kernelWidth + extra
    var y = (0..<xShape[0] * outputs * rows * columns).map { b[$0 / (rows * columns) % outputs] }
    for (i, value) in x.enumerated() {
      let (image, channel) = (i / (channels * height * width), i / (height * width) % channels)
      for j in 0..<outputs * kernelHeight * kernelWidth {
        let row = i / width % height * stride + j / kernelWidth % kernelHeight - padding
        let column = i % width * stride + j % kernelWidth - padding
        guard 0..<rows ~= row, 0..<columns ~= column else { continue }
        let out = image * outputs + j / (kernelHeight * kernelWidth)
        y[(out * rows + row) * columns + column] +=
          value * w[channel * outputs * kernelHeight * kernelWidth + j]
      }
    }
    return y
  }

  /// The weights of a grouped convolution as those of an ordinary one, with zeros between groups.
  static func ungrouped(_ w: [Double], _ shape: [Int], groups: Int) -> [Double] {
    let (outputs, inputs, taps) = (shape[0], shape[1], shape[2] * shape[3])
    return (0..<outputs * inputs * groups * taps).map { i in
      let (out, channel) = (i / (taps * inputs * groups), i / taps % (inputs * groups))
      let group = out / (outputs / groups)
      return channel / inputs == group
        ? w[(out * inputs + channel % inputs) * taps + i % taps] : 0
    }
  }

  // MARK: Matrices

  /// Gauss–Jordan elimination with pivots.
  static func inverse(_ matrix: [Double], _ n: Int) -> (inverse: [Double], logDeterminant: Double) {
    var rows = (0..<n).map { i in
      Array(matrix[i * n..<(i + 1) * n]) + (0..<n).map { $0 == i ? 1.0 : 0.0 }
    }
    var logDeterminant = 0.0
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      let divisor = rows[column][column]
      logDeterminant += log(abs(divisor))
      rows[column] = rows[column].map { $0 / divisor }
      for row in 0..<n where row != column {
        let factor = rows[row][column]
        rows[row] = zip(rows[row], rows[column]).map { $0 - factor * $1 }
      }
    }
    return (rows.flatMap { $0[n...] }, logDeterminant)
  }
}
