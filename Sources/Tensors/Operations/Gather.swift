extension Tensor {
  /// The element that `columns` names in each row: `[batch, classes]` → `[batch]`, `y[b] = x[b, columns[b]]`.
  public func gathered(_ columns: [Int32]) -> Tensor {
    guard shape.count == 2, shape[0] == columns.count else {
      fatalError("gathered: \(columns.count) indices for shape \(shape)")
    }
    let width = shape[1]
    let x = buffer
    let out = Buffer(count: columns.count)
    for (row, column) in columns.enumerated() {
      guard column >= 0, column < width else {
        fatalError("gathered: index \(column) in row \(row) is not in 0..<\(width)")
      }
      out.pointer[row] = x.pointer[row * width + Int(column)]
    }
    return Tensor(shape: [columns.count], buffer: out, from: [self]) { dy in
      self.receive {
        let dx = Buffer(repeating: 0, count: x.count)
        for (row, column) in columns.enumerated() {
          dx.pointer[row * width + Int(column)] = dy.pointer[row]
        }
        return dx
      }
    }
  }
}
