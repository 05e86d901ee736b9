extension Shape {
  /// Labels, each in `0..<classes` → `[labels.count, classes]`.
  public static func oneHot(_ labels: [Int32], classes: Int) throws(ShapeError) -> [Int] {
    guard classes >= 0, labels.allSatisfy({ $0 >= 0 && $0 < classes }) else {
      throw ShapeError("oneHot", "a label is not in 0..<\(classes)")
    }
    return [labels.count, classes]
  }
}

extension Tensor {
  /// Rows with a 1 at the label and 0 elsewhere: `[labels.count, classes]`.
  public static func oneHot(_ labels: [Int32], classes: Int) -> Tensor {
    let result = checked { () throws(ShapeError) in try Shape.oneHot(labels, classes: classes) }
    return Tensor(shape: result) { values in
      values.update(repeating: 0)
      for (row, label) in labels.enumerated() { values[row * classes + Int(label)] = 1 }
    }
  }
}
