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
      let logSum = log(row.reduce(0) { $0 + exp($1) })
      return row.map { $0 - logSum }
    }
  }
}
