extension Tensor {
  /// Rows with a 1 at the label and 0 elsewhere: `[labels.count, classes]`.
  public static func oneHot(_ labels: [Int32], classes: Int) -> Tensor {
    guard labels.allSatisfy({ $0 >= 0 && $0 < classes }) else {
      fatalError("oneHot: a label is not in 0..<\(classes)")
    }
    return Tensor(shape: [labels.count, classes]) { values in
      values.update(repeating: 0)
      for (row, label) in labels.enumerated() { values[row * classes + Int(label)] = 1 }
    }
  }
}
