import Pipelines
import Testing

@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("bach_size", "batch_size"), ("epocs", "epochs"), ("EPOCHS", "epochs"), ("nmae", "name"),
    ("noise.rte", "noise.rate"), ("rate", "noise.rate"), ("epochs.x", "epochs"),
  ])
  func `finds what was meant`(name: String, meant: String) {
    let names = ["name", "epochs", "batch_size", "noise.rate", "noise.type"]
    #expect(closest(to: name, in: names) == meant)
  }

  @Test(arguments: ["", "x", "zebra", "noise.colour", "other.rates", "sweeps"])
  func `suggests nothing where nothing is near`(name: String) {
    #expect(closest(to: name, in: ["a", "seed", "epochs", "noise.rate", "batch_size"]) == nil)
  }

  @Test func `takes the nearest, and of equals the first`() {
    #expect(closest(to: "abcdef", in: ["abcdxx", "abcdex", "abcxef"]) == "abcdex")
    #expect(closest(to: "abcdef", in: []) == nil)
  }
}
