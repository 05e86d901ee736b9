import FoundationEssentials
import Tensors
import Testing

/// `Golden/operations.txt` holds the fingerprint of each operation's result, gradients and second
/// gradients: the same on every path and for every number of threads.
///
/// `REPRO_WRITE_GOLDEN=1 swift test --filter GoldenOperationTests` rewrites it, on the portable path.
@Suite(.serialized) struct GoldenOperationTests {
  @Test(arguments: Kernels.availablePaths, [1, 2, 3, 7])
  func `every operation has the same bits everywhere`(path: Kernels.Path, threads: Int) throws {
    let usual = (path: Kernels.path, threads: Kernels.threads)
    defer {
      Kernels.select(usual.path)
      Kernels.threads = usual.threads
    }
    Kernels.select(path)
    Kernels.threads = threads
    let lines = (OperationTable.all + OperationTable.large).map {
      "\(Derivatives($0).fingerprint) \($0.testDescription)"
    }
    let computed = lines + ["\(learnedWeights()) a step of gradient descent, differentiated"]
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/operations.txt")
    if ProcessInfo.processInfo.environment["REPRO_WRITE_GOLDEN"] != nil, path == .portable,
      threads == 1
    {
      try Data((computed.joined(separator: "\n") + "\n").utf8).write(to: file)
    }
    let golden = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      "\($0)"
    }
    #expect(golden.count == computed.count)
    for (computed, golden) in zip(computed, golden) where computed != golden {
      Issue.record("\(computed), but it should be \(golden)")
    }
  }

  /// How much each sample of a batch should weigh: the gradient of a probe's loss, by the weights, through
  /// one step of a perceptron (learning to reweight; Ren et al., ICML 2018).
  private func learnedWeights() -> String {
    let shapes = [[16, 12], [16], [5, 16], [5]]
    let parameters = shapes.map { Tensor.random($0, "parameter", requiresGradient: true) }
    func logits(_ x: Tensor, _ p: [Tensor]) -> Tensor {
      x.linear(weight: p[0], bias: p[1]).relu().linear(weight: p[2], bias: p[3])
    }
    let labels = (0..<20).map { Int32($0 % 5) }
    let weights = Tensor(
      shape: [20], values: [Float](repeating: 0, count: 20), requiresGradient: true)
    let loss = logits(.random([20, 12], "batch"), parameters)
      .crossEntropy(labels, sampleWeights: weights)
    let slopes = Tensor.gradients(of: loss, with: parameters, createGraph: true)
    let stepped = zip(parameters, slopes).map { p, slope in slope.map { p - $0 * 0.1 } ?? p }
    let probe = logits(.random([8, 12], "probe"), stepped).crossEntropy(Array(labels.prefix(8)))
    let found = Tensor.gradients(of: probe, with: [weights])
    #expect(found[0]?.values.contains { $0 != 0 } == true)
    return Tensor.fingerprint(of: [probe] + found.compactMap(\.self))
  }
}
