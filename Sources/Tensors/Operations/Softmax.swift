import CKernels

extension Shape {
  /// The number of rows, and of columns, of `[…, columns]`.
  public static func rows(
    _ operation: String, _ shape: [Int]
  ) throws(ShapeError) -> (rows: Int, columns: Int) {
    guard let columns = shape.last else { throw ShapeError(operation, "a scalar has no rows") }
    return (shape.dropLast().reduce(1, *), columns)
  }
}

extension Tensor {
  /// The softmax of each row: `y_j = e_j · (1 / Σ e)`, `e_j = exp(x_j - max x)`. Any shape but `[]`.
  ///
  /// Gradient: `dx_j = y_j · (dy_j - Σ dy y)`.
  public func softmax() -> Tensor {
    let (rows, columns) = rowsAndColumns("softmax")
    let y = Tensor(shape: shape, buffer: Buffer(count: count))
    ck_softmax_rows(y.buffer.pointer, buffer.pointer, rows, columns)
    return y.recorded(from: [self], keeping: [y]) { back in
      let (dy, y) = (back.gradient, back.kept[0])
      if back.isRecorded { return [y * (dy - dy.rowDots(y))] }
      let dx = Tensor(shape: y.shape, buffer: Buffer(count: y.count))
      ck_softmax_rows_backward(
        dx.buffer.pointer, dy.buffer.pointer, y.buffer.pointer, rows, columns)
      return [dx]
    }
  }

  /// The logarithm of the softmax of each row, without taking it: `(x_j - max x) - log Σ e`.
  ///
  /// Gradient: `dx_j = fma(-exp(y_j), Σ dy, dy_j)`.
  public func logSoftmax() -> Tensor {
    let (rows, columns) = rowsAndColumns("logSoftmax")
    let y = Tensor(shape: shape, buffer: Buffer(count: count))
    ck_log_softmax_rows(y.buffer.pointer, buffer.pointer, rows, columns)
    return y.recorded(from: [self], keeping: [y]) { back in
      let (dy, y) = (back.gradient, back.kept[0])
      if back.isRecorded { return [(-y.exp()).multiplied(by: dy.rowSums(), adding: dy)] }
      let dx = Tensor(shape: y.shape, buffer: Buffer(count: y.count))
      ck_log_softmax_rows_backward(
        dx.buffer.pointer, dy.buffer.pointer, y.buffer.pointer, rows, columns)
      return [dx]
    }
  }

  /// `log Σ exp(x_j)` of each row, `m + log Σ exp(x_j - m)` with the row's maximum `m` (0 where that is
  /// infinite): `[…, columns]` → `[…, 1]`. Gradient: `dy · softmax(x)`.
  public func logSumExp() -> Tensor {
    let (rows, columns) = rowsAndColumns("logSumExp")
    let maxima = detached().rowMaxima(rows, columns)
    return ((self - maxima).exp().rowSums().log() + maxima)
  }

  private func rowMaxima(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor(shape: shape.dropLast() + [1]) { maxima in
      for row in 0..<rows {
        let x = UnsafeBufferPointer(start: buffer.pointer + row * columns, count: columns)
        let maximum = x.dropFirst().reduce(x.first ?? 0) { $1 > $0 ? $1 : $0 }
        maxima[row] = maximum.isInfinite ? 0 : maximum
      }
    }
  }

  func rowsAndColumns(_ name: String) -> (rows: Int, columns: Int) {
    checked { () throws(ShapeError) in try Shape.rows(name, shape) }
  }
}
