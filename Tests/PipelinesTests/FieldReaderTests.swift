import Documents
import Pipelines
import Testing

@Suite struct FieldReaderTests {
  @Test func `reads resolved values without a file`() throws {
    var fields = FieldReader(value: ["epochs": 3, "rate": 0.5, "by": "loss", "none": nil])
    #expect(fields.int("epochs", "") == 3)
    #expect(fields.float("rate", "") == 0.5)
    #expect(fields.string("by", "") == "loss")
    #expect(fields.optionalInt("none", "") == nil)
    try fields.finish()
    #expect(fields.resolved == ["epochs": 3, "rate": 0.5, "by": "loss", "none": nil])
  }

  @Test func `resolves to what resolves to itself`() throws {
    for kind in SampleKinds.all {
      var first = FieldReader(value: [
        "by": "x", "rate": 1, "files": ["f": ["url": "", "sha256": "12345678"]],
      ])
      kind.read(&first)
      var second = FieldReader(value: first.resolved)
      kind.read(&second)
      try second.finish()
      #expect(first.resolved == second.resolved)
    }
  }

  @Test(arguments: [.null, [], "x", ["epochs": "3"], ["epochs": 3, "more": 1], [:]] as [Value])
  func `finishes with what was wrong`(value: Value) {
    var fields = FieldReader(value: value)
    _ = fields.int("epochs", "how long")
    #expect(throws: PipelineErrors.self) { try fields.finish() }
  }

  @Test(
    arguments: [([:], 5.0), (["clip": nil], nil), (["clip": "none"], nil), (["clip": 2], 2)]
      as [(Value, Double?)])
  func `tells none from left out`(value: Value, expected: Double?) throws {
    var fields = FieldReader(value: value)
    #expect(fields.floatOrNone("clip", default: 5, "") == expected)
    try fields.finish()
    var again = FieldReader(value: fields.resolved)
    #expect(again.floatOrNone("clip", default: 5, "") == expected)
  }

  @Test func `reads stand-ins that are in range`() {
    var fields = FieldReader(value: [:])
    #expect(fields.int("a", in: 3...9, "") == 3)
    #expect(fields.int("b", in: -9 ... -3, "") == -3)
    #expect(fields.float("c", in: 0.5...1, "") == 0.5)
    #expect(fields.choice("d", "") as SampleKinds.Mode == .max)
    #expect(fields.ints("e", "").isEmpty)
    #expect(fields.variant("f", "", [("x", { _ in 1 }), ("y", { _ in 2 })]) == 1)
  }

  @Test func `calls a variant by its name`() throws {
    func read(_ value: Value) throws -> Int? {
      var fields = FieldReader(value: ["v": value])
      let result = fields.variant(
        "v", default: "y", "", [("x", { $0.int("n", "") }), ("y", { _ in 0 })])
      try fields.finish()
      return result
    }
    #expect(try read("y") == 0)
    #expect(try read(["y": nil]) == 0)
    #expect(try read(["x": ["n": 4]]) == 4)
    #expect(throws: PipelineErrors.self) { try read("x") }
  }

  @Test func `stays silent about fields together while one of them is wrong`() {
    func problems(_ value: Value) -> Int {
      var fields = FieldReader(value: value)
      let first = fields.int("first", "")
      let last = fields.int("last", default: 5, "")
      if first > last { fields.fail("first", "must not be beyond last") }
      if first > last { fields.fail("first", "is told of once") }
      do {
        try fields.finish()
        return 0
      } catch {
        return error.problems.count
      }
    }
    #expect(problems(["first": 1]) == 0)
    #expect(problems(["first": 6]) == 1)
    #expect(problems(["first": 6, "last": "x"]) == 1)
  }

  @Test func `an addition left at its default is not in the key`() throws {
    func keyed(_ value: Value) throws -> Value {
      var fields = FieldReader(value: value)
      _ = fields.int("old", default: 1, "")
      _ = fields.addition("new") { $0.bool("new", default: false, "") }
      _ = fields.addition("group") { fields in
        fields.group("group", "") { $0.texts("names", default: ["a"], "") }
      }
      try fields.finish()
      #expect(fields.resolved == fields.keyed)
      return fields.keyed
    }
    #expect(try keyed([:]) == ["old": 1])
    #expect(try keyed(["new": false, "group": ["names": ["a"]]]) == ["old": 1])
    #expect(try keyed(["new": true]) == ["old": 1, "new": true])
    #expect(try keyed(["group": ["names": []]]) == ["old": 1, "group": ["names": []]])
    #expect(throws: PipelineErrors.self) { try keyed(["new": 3]) }
    #expect(throws: PipelineErrors.self) { try keyed(["group": ["name": []]]) }
    #expect(throws: PipelineErrors.self) { try keyed(["group": ["names": [1]]]) }
  }

  @Test func `tells the fields of a kind`() throws {
    let fields = SampleKinds.pretrain.fields
    #expect(
      fields.map(\.name) == [
        "epochs", "batch_size", "patience", "clip", "augment", "milestones", "momenta", "stop",
        "optimizer",
      ])
    #expect(fields[0].type == "whole number" && fields[0].range == "from 1 to 10000")
    #expect(fields[0].defaultValue == 20 && !fields[0].isRequired && fields[0].about == "how long")
    #expect(fields[2].defaultValue == .null)
    #expect(fields[7].defaultValue == ["mode": "max", "by": "loss"])
    #expect(fields[8].type == "one of sgd, adam" && fields[8].defaultValue == "sgd")
    #expect(fields[8].children.map(\.name) == ["sgd", "adam"])
    #expect(fields[8].children[1].children.map(\.defaultValue) == [0.001])
    let files = try #require(SampleKinds.data.fields.first)
    #expect(files.isRequired && files.children.first?.children.map(\.inKey) == [false, true])
  }
}
