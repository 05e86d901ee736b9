import FoundationEssentials
import Learning
import Tensors

/// The 1,797 handwritten digits of the quick start: 8×8 counts from 0 to 16, 10 classes.
struct Digits {
  let train: Samples
  let test: Samples

  /// 360 rows drawn at random are the test part: the file is in order of its writers.
  init() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../pipelines/data/digits.csv.gz").path
    let rows = try CSV.rows(contentsOf: path).map { row in row.compactMap { Float($0) } }
    let order = RandomStream(seed: 1, purpose: "split").permutation(of: rows.count)
    func samples(_ numbers: ArraySlice<Int32>) -> Samples {
      let rows = numbers.map { rows[Int($0)] }
      return Samples(
        inputs: Tensor(
          shape: [rows.count, 1, 8, 8], values: rows.flatMap { $0.dropLast().map { $0 / 16 } }),
        labels: rows.map { Int32($0.last ?? -1) })
    }
    train = samples(order.dropLast(360))
    test = samples(order.suffix(360))
  }
}

extension Samples {
  /// Noise with random labels, the same for the same shape.
  static func random(_ count: Int, shape: [Int], classes: Int) -> Samples {
    let values = RandomStream(seed: 2, purpose: "inputs")
      .normal(count * shape.reduce(1, *))
    let labels = RandomStream(seed: 2, purpose: "labels").words(count)
      .map { Int32($0 % UInt32(classes)) }
    return Samples(inputs: Tensor(shape: [count] + shape, values: values), labels: labels)
  }
}
