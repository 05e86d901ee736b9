import CKernels

extension Tensor {
  /// The softmax of each row: `y_j = e_j · (1 / Σ e)`, `e_j = exp(x_j - max x)`. Any shape but `[]`.
  ///
  /// Gradient: `dx_j = y_j · (dy_j - Σ dy y)`.
  public func softmax() -> Tensor {
    let (rows, columns) = rowsAndColumns("softmax")
    let y = Buffer(count: count)
    ck_softmax_rows(y.pointer, buffer.pointer, rows, columns)
    return Tensor(shape: shape, buffer: y, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: y.count)
        ck_softmax_rows_backward(dx.pointer, dy.pointer, y.pointer, rows, columns)
        return dx
      }
    }
  }

  /// The logarithm of the softmax of each row, without taking it: `(x_j - max x) - log Σ e`.
  ///
  /// Gradient: `dx_j = dy_j - exp(y_j) · Σ dy`.
  public func logSoftmax() -> Tensor {
    let (rows, columns) = rowsAndColumns("logSoftmax")
    let y = Buffer(count: count)
    ck_log_softmax_rows(y.pointer, buffer.pointer, rows, columns)
    return Tensor(shape: shape, buffer: y, from: [self]) { dy in
      self.receive {
        let dx = Buffer(count: y.count)
        ck_log_softmax_rows_backward(dx.pointer, dy.pointer, y.pointer, rows, columns)
        return dx
      }
    }
  }

  private func rowsAndColumns(_ name: String) -> (rows: Int, columns: Int) {
    guard let columns = shape.last else { fatalError("\(name): a scalar has no rows") }
    return (shape.dropLast().reduce(1, *), columns)
  }
}
