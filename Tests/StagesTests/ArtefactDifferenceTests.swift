import Corpus
import Documents
import Learning
import Pipelines
import Stages
import Testing

@Suite struct ArtefactDifferenceTests {
  private func checkpoint(_ values: [Float]) -> [UInt8] {
    Safetensors(entries: [
      .init("a.bias", .floats([1, 2])), .init("b.weight", .floats(values)),
    ]).bytes
  }

  @Test func `names the parameter, how many values differ, and by how much`() {
    let text = ArtefactDifference.describe(
      checkpoint([1, 2, 3]), checkpoint([1, Float(2).nextUp, 3]))
    #expect(text.hasPrefix("b.weight: 1 of 3 values differ, by up to 1 ULP (max abs 2.3"))
  }

  @Test func `counts ULPs across zero`() {
    let text = ArtefactDifference.describe(
      checkpoint([-0.0]), checkpoint([Float.leastNonzeroMagnitude]))
    #expect(text.hasPrefix("b.weight: 1 of 1 values differ, by up to 1 ULP"))
  }

  @Test(
    arguments: [
      (
        .doubles([0.1, -1]), .doubles([0.1, (-1.0).nextDown.nextDown]),
        "by up to 2 ULP (max abs 4.44"
      ),
      (.doubles([-.infinity]), .doubles([.infinity]), "by up to 18437736874454810624 ULP"),
      (.halves([1, 2]), .halves([1, Float16(2).nextUp]), "by up to 1 ULP (max abs 0.00195"),
      (.floats([.nan]), .floats([1]), "1 of 1 values differ"),
    ] as [(NumericArray, NumericArray, String)])
  func `of every kind of float`(old: NumericArray, new: NumericArray, expected: String) {
    let text = ArtefactDifference.describe(NPY.bytes(of: old), NPY.bytes(of: new))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func `compares .npy arrays and plain bytes too`() {
    let npy = ArtefactDifference.describe(
      NPY.bytes(of: .floats([1, 2])), NPY.bytes(of: .floats([1, 4])))
    #expect(npy.hasPrefix("1 of 2 values differ"))
    let bytes = ArtefactDifference.describe(
      [1, 2, 3], [1, 9, 3, 4])
    #expect(bytes == "3 bytes recorded, 4 made, the first difference at byte 1")
  }

  @Test func `says which whole numbers became which, and of predictions which samples`() {
    let old = NPY.bytes(of: .integers([1, 2, 3, 4]))
    let new = NPY.bytes(of: .integers([1, 7, 3, 5]))
    #expect(
      ArtefactDifference.describe(old, new) == "2 of 4 values differ: 1 (2 → 7), 3 (4 → 5)")
    #expect(
      ArtefactDifference.describe(old, new, of: "predictions")
        == "2 of 4 samples changed: 1 (2 → 7), 3 (4 → 5)")
    let matrix = ArtefactDifference.describe(
      NPY.bytes(of: .integers([1, 2, 3, 4], shape: [2, 2])),
      NPY.bytes(of: .integers([1, 2, 0, 4], shape: [2, 2])))
    #expect(matrix == "1 of 4 values differ: [1, 0] (3 → 0)")
  }

  @Test(arguments: [
    (
      #"{"a": [1, {"loss": 0.25}], "b": "x"}"#, #"{"a": [1, {"loss": 0.26}], "b": "y"}"#,
      "$.a[1].loss: 0.25 recorded, 0.26 made; 2 of 3 values differ"
    ),
    (
      #"{"a b": 1}"#, #"{"a b": 1, "c": null}"#,
      #"$.c: nothing recorded, null made; 1 of 2 values differ"#
    ),
    ("[1, 2]", "[1, 2, 3]", "$: 2 items recorded, 3 made; 1 of 3 values differ"),
    (#"{"a":1}"#, #"{ "a": 1 }"#, "the same values, written otherwise"),
    (
      #"{"n": 12345678901234567890}"#, #"{"n": 12345678901234567891}"#,
      "27 bytes recorded, 27 made, the first difference at byte 25"
    ),
    (
      "{\"e\":1,\"l\":2}\n{\"e\":2,\"l\":3}\n", "{\"e\":1,\"l\":2}\n{\"e\":2,\"l\":4}\n",
      "line 2, $.l: 3 recorded, 4 made; 1 of 4 values differ"
    ),
    (
      "{\"e\":1}\n", "{\"e\":1}\n{\"e\":2}\n",
      "the whole: 1 lines recorded, 2 made; 1 of 2 values differ"
    ),
    (
      "epoch,loss\n1,0.5\n2,0.25\n", "epoch,loss\n1,0.5\n2,0.26\n",
      "row 3, column 'loss': 0.25 recorded, 0.26 made; 1 of 6 values differ"
    ),
    ("1;2\n", "1;3\n", "row 1, column 2: 2 recorded, 3 made; 1 of 2 values differ"),
    ("0.5\n", "0.25\n", "row 1, column 1: 0.5 recorded, 0.25 made; 1 of 1 values differ"),
    ("one\n", "two\n", "4 bytes recorded, 4 made, the first difference at byte 0"),
  ])
  func `names the first field of documents, and the first cell of tables`(
    old: String, new: String, expected: String
  ) {
    #expect(ArtefactDifference.describe(Array(old.utf8), Array(new.utf8)) == expected)
  }

  @Test func `tells an archive's times from what is in it`() {
    func archive(_ values: [Float], time: UInt32, _ more: [String] = []) -> [UInt8] {
      let members = [("a.json", Array("{}".utf8)), ("w.npy", NPY.bytes(of: .floats(values)))]
      return storedZip(members + more.map { ($0, [1]) }, time: time)
    }
    let old = archive([1, 2], time: 1)
    #expect(
      ArtefactDifference.describe(old, archive([1, 2], time: 2))
        == "only the archive's times differ: the contents are the same")
    let other = ArtefactDifference.describe(old, archive([1, 3], time: 2))
    #expect(other.hasPrefix("w.npy: 1 of 2 values differ, by up to"), "\(other)")
    #expect(ArtefactDifference.describe(old, archive([1, 2], time: 1, ["x"])) == "x is new")
    #expect(ArtefactDifference.describe(archive([1, 2], time: 1, ["x"]), old) == "x is missing")
    let tolerance = Tolerance(absolute: 0, relative: 0)
    #expect(
      tolerance.flatMap { ArtefactDifference.largest(old, archive([1, 2], time: 2), within: $0) }
        == 0)
  }

  @Test func `tells a gzip file's time from what is in it`() {
    // 'a' in a stored block; its CRC and its length.
    func gzip(_ time: UInt8) -> [UInt8] {
      [0x1f, 0x8b, 8, 0, time, 0, 0, 0, 0, 3, 1, 1, 0, 0xfe, 0xff, 0x61]
        + [0x43, 0xbe, 0xb7, 0xe8, 1, 0, 0, 0]
    }
    #expect(
      ArtefactDifference.describe(gzip(1), gzip(2))
        == "only the gzip file's times differ: the contents are the same")
  }

  @Test(arguments: [
    ("[1.0, \"x\", 7]", "[1.05, \"x\", 7]", 0.05), ("[1.0]", "[1.2]", nil),
    ("[1.0, \"x\"]", "[1.0, \"y\"]", nil), ("[1.0, 7]", "[1.0, 8]", nil),
    ("[1]", "[1.05]", 0.05), ("[1.0]", "[1.0, 1.0]", nil), ("[1.0]", "{}", nil),
    ("a,b\n1.0,2\n", "a,b\n1.05,2\n", 0.05), ("a,b\n1.0,2\n", "a,b\n1.0,3\n", nil),
    ("a,b\nnan,x\n", "a,b\nNaN,x\n", 0), ("a,b\nnan,x\n", "a,b\n1.0,x\n", nil),
    ("loss 1.0\n", "loss 1.05\n", nil),
  ])
  func `within a tolerance are numbers with a point, and nothing else`(
    old: String, new: String, expected: Double?
  ) throws {
    let tolerance = try #require(Tolerance(absolute: 0.1, relative: 0))
    let largest = ArtefactDifference.largest(
      Array(old.utf8), Array(new.utf8), within: tolerance)
    #expect((largest == nil) == (expected == nil))
    #expect(abs((largest ?? 0) - (expected ?? 0)) < 1e-9)
  }

  @Test func `of arrays within a tolerance too, with their names, shapes and types`() throws {
    let tolerance = try #require(Tolerance(absolute: 0, relative: 0.01))
    func largest(_ old: [UInt8], _ new: [UInt8]) -> Double? {
      ArtefactDifference.largest(old, new, within: tolerance)
    }
    #expect(largest(checkpoint([1, 100]), checkpoint([1, 101])) == 1)
    #expect(largest(checkpoint([1, 100]), checkpoint([1, 102])) == nil)
    #expect(largest(checkpoint([.nan, .infinity]), checkpoint([-.nan, .infinity])) == 0)
    #expect(largest(checkpoint([1]), checkpoint([1, 1])) == nil)
    #expect(largest(NPY.bytes(of: .integers([100])), NPY.bytes(of: .integers([101]))) == nil)
    #expect(largest(NPY.bytes(of: .floats([1])), NPY.bytes(of: .doubles([1]))) == nil)
    // The first that is beyond is told, not the first that differs.
    let text = ArtefactDifference.describe(
      checkpoint([100, 1, 1]), checkpoint([101, 1, 2]), beyond: tolerance)
    #expect(
      text.hasPrefix("b.weight: 1 of 3 values differ by more than atol 0.0, rtol 0.01 allow"),
      "\(text)")
    let unknown = ArtefactDifference.describe([1], [2], beyond: tolerance)
    #expect(unknown.hasSuffix("; of no format whose numbers can be read"))
  }

  @Test(arguments: [
    ([["a": "1", "b": "2"], ["a": "3", "b": "4"]], "first parted at epoch 2: b"),
    ([["a": "1", "b": "0"], ["a": "9", "b": "9"]], "first parted at epoch 1: b"),
    ([["a": "0", "b": "0"]], "first parted at epoch 1: a and 1 more of 2 parameters"),
    ([["a": "1", "b": "2"]], "2 epochs recorded, 1 made, the same as far as both go"),
  ]) func `traces tell where two trainings parted`(made: [[String: String]], expected: String) {
    func trace(_ epochs: [[String: String]]) -> [UInt8] {
      JSONLines.bytes(
        of: epochs.enumerated().map { number, parameters in
          [
            "epoch": .int(Int64(number + 1)),
            "parameters": .map(parameters.mapValues { .string($0) }),
          ]
        })
    }
    let recorded = trace([["a": "1", "b": "2"], ["a": "3", "b": "5"]])
    #expect(ArtefactDifference.describe(recorded, trace(made)) == expected)
  }

  @Test func `survives any bytes`() {
    var random = SplitMix64(seed: 3)
    let tolerance = Tolerance(absolute: 1, relative: 1)
    let files = [
      checkpoint([1, 2]), NPY.bytes(of: .floats([1, 2])), Array("a,b\n1.0,2\n".utf8),
      Array(#"{"a": [1.5, {"b": null}]}"#.utf8), Array("{\"epoch\":1,\"parameters\":{}}\n".utf8),
      storedZip([("a", Array("[1.0]".utf8)), ("b", checkpoint([1]))], time: 1),
    ]
    for turn in 0..<3000 {
      let whole = files[turn % files.count]
      var spoilt = whole
      for _ in 0...turn % 3 {
        spoilt[Int.random(in: 0..<spoilt.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      if turn % 7 == 0 { spoilt.removeLast(Int.random(in: 0..<spoilt.count, using: &random)) }
      #expect(!ArtefactDifference.describe(whole, spoilt).isEmpty)
      #expect(!ArtefactDifference.describe(spoilt, whole, beyond: tolerance).isEmpty)
    }
  }
}

extension NumericArray {
  fileprivate static func halves(_ values: [Float16]) -> NumericArray {
    NumericArray(shape: [values.count], .float16(values))
  }
}
