extension DataSet {
  public enum PartName: String, CaseIterable, Sendable {
    case train, validation, test
  }

  /// Samples as a network sees them, in the order of the data set.
  public struct Part: Sendable {
    /// `[n] + shape`, row-major, normalised.
    public let inputs: [Float]
    public let labels: [Int32]
    /// `nil` where they were never known to differ.
    public let trueLabels: [Int32]?
    /// The row in the stored part: what random draws for this sample go by.
    public let ids: [Int]

    public var count: Int { labels.count }
  }

  /// The number of samples of a part, 0 if it is missing.
  public func count(of part: PartName) -> Int {
    switch part {
    case .train: folds?.train.count ?? train.labels.count
    case .validation: folds?.validation.count ?? 0
    case .test: test?.labels.count ?? 0
    }
  }

  /// `train` is the training fold if there are folds, else the whole training part.
  public func part(_ name: PartName) throws(DataSetError) -> Part {
    switch name {
    case .train: return part(of: train, rows: folds?.train)
    case .validation:
      guard let folds else { throw .missingPart(.validation) }
      return part(of: train, rows: folds.validation)
    case .test:
      guard let test else { throw .missingPart(.test) }
      return part(of: test, rows: nil)
    }
  }

  private func part(of samples: Samples, rows: [Int]?) -> Part {
    let ids = rows ?? Array(samples.labels.indices)
    return Part(
      inputs: normalised(samples.inputs, rows: ids),
      labels: ids.map { samples.labels[$0] },
      trueLabels: samples.trueLabels.map { labels in ids.map { labels[$0] } }, ids: ids)
  }

  private func normalised(_ inputs: NumericArray, rows: [Int]) -> [Float] {
    let channels = normalisation.channels(shape[0])
    switch inputs.values {
    case .uint8(let bytes):
      // A byte has 256 values: each is normalised once.
      let table = channels.flatMap { channel in (0..<256).map { channel.normalised(Float($0)) } }
      return table.withUnsafeBufferPointer { table in
        planes(of: bytes, rows) { source, target, channel in
          for k in source.indices { target[k] = table[channel << 8 | Int(source[k])] }
        }
      }
    case .float32(let floats):
      return planes(of: floats, rows) { source, target, channel in
        let channel = channels[channel]
        for k in source.indices { target[k] = channel.normalised(source[k]) }
      }
    default: fatalError("data set: inputs of type \(inputs.type)")
    }
  }

  /// As many floats as `rows` of `values` hold, which `fill` writes: one channel of one row at a time.
  private func planes<Element>(
    of values: [Element], _ rows: [Int],
    fill: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Float>, Int) -> Void
  ) -> [Float] {
    let plane = shape[1] * shape[2]
    return [Float](unsafeUninitializedCapacity: rows.count * shape[0] * plane) { room, filled in
      values.withUnsafeBufferPointer { values in
        for row in rows {
          for channel in 0..<shape[0] {
            let start = (row * shape[0] + channel) * plane
            let target = room[filled..<filled + plane]
            fill(
              UnsafeBufferPointer(rebasing: values[start..<start + plane]),
              UnsafeMutableBufferPointer(rebasing: target), channel)
            filled += plane
          }
        }
      }
    }
  }
}
