extension LabelNoise {
  /// Labels that somebody gave, such as people: their `transition` is what came out, `counts` over the rows' sums. A
  /// class without samples counts as one that is always labelled right.
  ///
  /// - Parameters:
  ///   - labels: the given ones, each in `0..<classes`.
  ///   - trueLabels: of the same samples, likewise.
  ///   - classes: how many there are.
  /// - Throws: `NoiseError.labelCount`, `.label`.
  public init(
    observed labels: [Int32], of trueLabels: [Int32], classes: Int
  ) throws(NoiseError) {
    guard labels.count == trueLabels.count else {
      throw .labelCount(labels.count, samples: trueLabels.count)
    }
    for list in [labels, trueLabels] {
      if let row = list.firstIndex(where: { $0 < 0 || $0 >= classes }) {
        throw .label(Int(list[row]), row: row, classes: classes)
      }
    }
    let none = LabelNoise(labels, of: trueLabels, transition: .identity(classes: classes))
    let rows = none.counts.enumerated().map { i, row in
      let sum = row.reduce(0, +)
      return sum == 0
        ? TransitionMatrix.identity(classes: classes).rows[i]
        : row.map { Double($0) / Double(sum) }
    }
    self.init(labels, of: trueLabels, transition: TransitionMatrix(sound: rows))
  }
}
