import Learning
import Testing

@Suite struct FormatsDataSetTests {
  static func dataSet(
    labels: [Int32] = [0, 1, 2, 1], folds: DataSet.Folds? = nil
  ) throws -> DataSet {
    try DataSet(
      classes: 3, shape: [1, 1, 2],
      normalisation: Normalisation(scale: 255, mean: [0.1307], std: [0.3081]),
      train: .init(
        inputs: .bytes([0, 1, 2, 3, 128, 129, 254, 255], shape: [4, 1, 1, 2]), labels: labels,
        trueLabels: [0, 1, 2, 2]),
      test: .init(inputs: .bytes([7, 8], shape: [1, 1, 1, 2]), labels: [2]), folds: folds)
  }

  @Test func `reads back what it saved`() throws {
    try withScratchFolder { folder in
      let saved = try Self.dataSet(folds: .init(train: [0, 3], validation: [1, 2]))
      try saved.save(to: folder + "/d")
      let read = try DataSet.load(from: folder + "/d")
      #expect(read.classes == 3)
      #expect(read.shape == [1, 1, 2])
      #expect(read.normalisation == saved.normalisation)
      #expect(read.train == saved.train)
      #expect(read.test == saved.test)
      #expect(read.folds == saved.folds)
      #expect(
        try String(decoding: readFile(at: folder + "/d/dataset.json"), as: UTF8.self)
          == "{\"classes\":3,\"mean\":0.1307,\"scale\":255.0,\"shape\":[1,1,2],\"std\":0.3081}\n")
    }
  }

  @Test func `reads a folder without folds, test part or true labels`() throws {
    try withScratchFolder { folder in
      let set = try DataSet(
        classes: 2, shape: [3, 1, 1],
        normalisation: Normalisation(scale: 1, mean: [1, 2, 3], std: [2, 4, 8]),
        train: .init(inputs: .floats([3, 6, 11], shape: [1, 3, 1, 1]), labels: [1]))
      try set.save(to: folder)
      let read = try DataSet.load(from: folder)
      #expect(read.test == nil)
      #expect(read.folds == nil)
      #expect(try read.part(.train).inputs == [1, 1, 1])
      #expect(try read.part(.train).trueLabels == nil)
      #expect(message { try read.part(.test) } == "the data set has no test part")
      #expect(message { try read.part(.validation) } == "the data set has no validation part")
    }
  }

  @Test func `normalises by two divisions in binary32`() throws {
    let part = try Self.dataSet().part(.train)
    let expected = [0, 1, 2, 3, 128, 129, 254, 255].map { (x: Float) -> Float in
      (x / 255 - Float(0.1307)) / Float(0.3081)
    }
    #expect(part.inputs == expected)
  }

  @Test func `normalises each channel by its own figures`() throws {
    let set = try DataSet(
      classes: 1, shape: [2, 1, 2],
      normalisation: Normalisation(scale: 2, mean: [0, 1], std: [1, 4]),
      train: .init(
        inputs: .floats([2, 4, 6, 8, 0, 0, 2, 2], shape: [2, 2, 1, 2]), labels: [0, 0]))
    #expect(try set.part(.train).inputs == [1, 2, 0.5, 0.75, 0, 0, 0, 0])
  }

  @Test func `gives the rows of each fold with their numbers`() throws {
    let set = try Self.dataSet(folds: .init(train: [1, 3], validation: [2]))
    let train = try set.part(.train)
    #expect(train.ids == [1, 3])
    #expect(train.labels == [1, 1])
    #expect(train.trueLabels == [1, 2])
    #expect(train.count == 2)
    #expect(
      try train.inputs
        == Array(
          Self.dataSet().part(.train).inputs[2..<4] + Self.dataSet().part(.train).inputs[6..<8]))
    #expect(try set.part(.validation).ids == [2])
    #expect(try set.part(.test).ids == [0])
    #expect(DataSet.PartName.allCases.map(set.count) == [2, 1, 1])
  }

  @Test func `takes other labels and folds`() throws {
    let set = try Self.dataSet().relabelled([2, 2, 2, 2], trueLabels: nil)
    #expect(set.train.labels == [2, 2, 2, 2])
    #expect(set.train.trueLabels == nil)
    #expect(try set.split(.init(train: [0], validation: [])).count(of: .train) == 1)
  }

  @Test(
    arguments: [
      ([0, 1, 3, 0], "train sample 2 has label 3, classes are 0 to 2"),
      ([0, 1, -1, 0], "train sample 2 has label -1, classes are 0 to 2"),
      ([0], "train inputs of shape [4, 1, 1, 2], not [1, 1, 1, 2] as labels and sample shape say"),
    ] as [([Int32], String)])
  func `refuses labels that do not fit`(labels: [Int32], expected: String) {
    #expect(message { try Self.dataSet(labels: labels) } == expected)
  }

  @Test(
    arguments: [
      ([1, 0], [], "train fold: row 0"), ([0, 0], [], "train fold: row 0"),
      ([0], [0], "validation fold: row 0"), ([0], [4], "validation fold: row 4"),
      ([-1], [], "train fold: row -1"),
    ] as [([Int], [Int], String)])
  func `refuses folds that are out of order, out of range or overlap`(
    train: [Int], validation: [Int], expected: String
  ) {
    let message = message {
      try Self.dataSet(folds: .init(train: train, validation: validation))
    }
    #expect(message == expected + " is out of range, out of order or in both folds")
  }

  @Test(arguments: [
    ("{\"shape\":[1,1,2]}", "'classes': should be a number from 1 to 1000000"),
    ("{\"classes\":3,\"shape\":[1,2]}", "'shape': should be [channels, height, width]"),
    (
      "{\"classes\":3,\"shape\":[1,1,2],\"std\":0}",
      "'scale, mean, std': should be numbers, 'scale' and 'std' not 0"
    ),
    ("{\"classes\":3", "in the header: the document ends early"),
  ])
  func `names what is wrong in dataset json`(text: String, expected: String) throws {
    try withScratchFolder { folder in
      try Self.dataSet().save(to: folder)
      try writeFile(Array(text.utf8), to: folder + "/dataset.json")
      let message = message { try DataSet.load(from: folder) }
      #expect(message == "\(folder)/dataset.json: byte 0: \(expected)")
    }
  }

  @Test func `names a file that is missing or of another kind`() throws {
    try withScratchFolder { folder in
      try Self.dataSet().save(to: folder)
      try NPY.write(.floats([0, 1, 2, 1]), to: folder + "/train-labels.npy")
      #expect(
        message { try DataSet.load(from: folder) }
          == "\(folder)/train-labels.npy: byte 0: in the header: float32 of shape [4], not a list of integers"
      )
      try NPY.write(
        NumericArray(shape: [4], .int64([0, 1, 2, 1 << 40])), to: folder + "/train-labels.npy")
      #expect(
        message { try DataSet.load(from: folder) }
          == "\(folder)/train-labels.npy: byte 0: in the header: integers beyond 32 bits")
      try NPY.write(
        NumericArray(shape: [4], .int64([0, 1, 2, 1])), to: folder + "/train-labels.npy")
      #expect(try DataSet.load(from: folder).train == Self.dataSet().train)
    }
  }
}
