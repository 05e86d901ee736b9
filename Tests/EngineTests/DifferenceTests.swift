import Documents
import Engine
import Testing

@Suite struct DifferenceTests {
  @Test func `names the field, the old value and the new`() {
    let old: Value = ["config": ["epochs": 20, "optimizer": ["sgd": ["lr": 0.1]]], "kind": "a"]
    let new: Value = ["config": ["epochs": 5, "optimizer": ["sgd": ["lr": 0.1]]], "kind": "a"]
    let found = Difference.between(old, new)
    #expect(found.map(\.path) == ["config.epochs"])
    #expect(found.first?.old == 20)
    #expect(found.first?.new == 5)
  }

  @Test func `tells an absent key from null, and types apart`() {
    #expect(Difference.between(["a": nil], [:]).map(\.path) == ["a"])
    #expect(Difference.between(["a": 1], ["a": 1.0]).map(\.path) == ["a"])
    #expect(Difference.between(["a": 1], ["a": 1]) == [])
  }

  @Test func `lists of one length are compared item by item, others as a whole`() {
    #expect(Difference.between(["a": [1, 2]], ["a": [1, 3]]).map(\.path) == ["a.1"])
    #expect(Difference.between(["a": [1, 2]], ["a": [1]]).map(\.path) == ["a"])
  }
}
