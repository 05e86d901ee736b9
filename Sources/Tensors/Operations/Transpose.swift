extension Tensor {
  /// `[rows, columns]` → `[columns, rows]`.
  public func transposed() -> Tensor {
    guard shape.count == 2 else { fatalError("transposed: the shape is \(shape)") }
    let rows = shape[0]
    let columns = shape[1]
    let out = Self.transpose(buffer, rows: rows, columns: columns)
    return Tensor(shape: [columns, rows], buffer: out, from: [self]) { dy in
      self.receive { Self.transpose(dy, rows: columns, columns: rows) }
    }
  }

  private static func transpose(_ x: Buffer, rows: Int, columns: Int) -> Buffer {
    let out = Buffer(count: x.count)
    for row in 0..<rows {
      for column in 0..<columns {
        out.pointer[column * rows + row] = x.pointer[row * columns + column]
      }
    }
    return out
  }
}
