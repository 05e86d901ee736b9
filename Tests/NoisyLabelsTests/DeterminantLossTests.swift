import NoisyLabels
import Tensors
import Testing

@Suite struct DeterminantLossTests {
  struct Golden: Decodable {
    let dmi: Case
    enum CodingKeys: String, CodingKey { case dmi = "loss.dmi" }
  }

  struct Case: Decodable {
    let input: Input
    let output: Output
  }

  struct Input: Decodable {
    let logits: [[Double]]
    let labels: [Int32]
  }

  struct Output: Decodable {
    let lossLogabsdet: Double
    let gradLogits: [[Double]]
  }

  func logits(_ rows: [[Double]]) -> Tensor {
    Tensor(
      shape: [rows.count, rows[0].count], values: rows.flatMap(\.self).map { Float($0) },
      requiresGradient: true)
  }

  @Test func `has the golden value and gradient, and needs no matrix`() throws {
    let golden = try golden("golden.json", as: Golden.self).dmi
    let logits = logits(golden.input.logits)
    let function = try CorrectedLoss.dmi.function(transition: .identity(classes: 3))
    #expect(!CorrectedLoss.dmi.needsTransition)
    let loss = function(logits, golden.input.labels)
    #expect(abs(Double(loss.item) - golden.output.lossLogabsdet) < 2e-5)
    loss.backward()
    let found = try #require(logits.gradient).values.map { Double($0) }
    #expect(isClose(found, golden.output.gradLogits.flatMap(\.self), within: 2e-5))
  }

  @Test func `noise on the labels adds a constant: minus log |det T|`() {
    // Each class has four samples of one prediction; then one in four of each gets the next label.
    let rows = [[2.0, 0.1, -1], [0.3, 1.5, 0.2], [-0.5, 0.4, 1.1]].flatMap {
      [[Double]](repeating: $0, count: 4)
    }
    let clean = (0..<12).map { Int32($0 / 4) }
    let noisy = clean.enumerated().map { $0 % 4 == 0 ? ($1 + 1) % 3 : $1 }
    let difference =
      determinantLoss(logits: logits(rows), labels: noisy).item
      - determinantLoss(logits: logits(rows), labels: clean).item
    // det [[¾ ¼ 0] [0 ¾ ¼] [¼ 0 ¾]] = 27/64 + 1/64, and -log of it:
    #expect(abs(difference - 0.826_678_57) < 1e-5)
  }

  @Test
  func `is a constant without a gradient for a batch that lacks a class, or tells no class apart`()
  {
    let rows = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]
    let missing = determinantLoss(logits: logits(rows), labels: [0, 1, 1])
    #expect(missing.item == 0 && !missing.requiresGradient)
    let alike = determinantLoss(
      logits: logits([[0, 0], [0, 0]]), labels: [0, 1])
    #expect(alike.item == 0 && !alike.requiresGradient)
    #expect(determinantLoss(logits: logits(rows), labels: [0, 1, 2]).requiresGradient)
  }
}
