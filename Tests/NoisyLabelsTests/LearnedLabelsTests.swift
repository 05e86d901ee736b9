import NoisyLabels
import Tensors
import Testing

@Suite struct LearnedLabelsTests {
  private let posterior = Tensor(
    shape: [4, 3],
    values: [
      0.5, 0.25, 0.25,  // given right, predicted right
      0.25, 0.5, 0.25,  // given right (0), predicted wrong
      0.125, 0.125, 0.75,  // given wrong (1), predicted true
      0.25, 0.25, 0.5,  // given wrong (2), predicted as given
    ])

  @Test func `tells right labels from wrong ones`() {
    let figures = LearnedLabels(posterior: posterior, given: [0, 0, 1, 2], truth: [0, 0, 2, 0])
      .figures
    #expect(figures["given/accuracy"] == 0.5 && figures["true/accuracy"] == 0.5)
    #expect(figures["clean/accuracy"] == 0.5)
    #expect(figures["noisy/accuracy"] == 0.5 && figures["noisy/true-accuracy"] == 0.5)
    // log 2 = 0.6931…; (log 2 + log 4) / 2 and (log 8 + log 2) / 2
    #expect(abs((figures["clean/loss"] ?? 0) - 1.039_720_77) < 1e-6)
    #expect(abs((figures["noisy/loss"] ?? 0) - 1.386_294_36) < 1e-6)
  }

  @Test func `counts the five likeliest of more classes`() {
    let posterior = Tensor(
      shape: [2, 6],
      values: [
        0.3, 0.2, 0.2, 0.1, 0.15, 0.05,  // all but the last
        0.05, 0.3, 0.2, 0.2, 0.1, 0.15,  // all but the first
      ])
    let figures = LearnedLabels(posterior: posterior, given: [5, 5], truth: [0, 1]).figures
    #expect(figures["given/top-5"] == 0.5 && figures["true/top-5"] == 1)
  }

  @Test func `leaves out the figures of an empty set`() {
    let clean = LearnedLabels(posterior: posterior, given: [0, 0, 1, 2], truth: [0, 0, 1, 2])
    #expect(
      clean.figures.keys.sorted() == [
        "clean/accuracy", "clean/loss", "given/accuracy", "true/accuracy",
      ])
    let none = LearnedLabels(posterior: .zeros([0, 3]), given: [], truth: [])
    #expect(none.figures.isEmpty)
  }

  @Test func `the loss of what is impossible is finite`() {
    let figures = LearnedLabels(
      posterior: Tensor(shape: [1, 2], values: [1, 0]), given: [1], truth: [0]
    ).figures
    #expect(abs((figures["noisy/loss"] ?? 0) - 87.336_54) < 1e-3)
  }
}
