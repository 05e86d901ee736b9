import Tensors
import Testing

/// Shapes and arguments drawn at random, right and wrong: the rule that can be asked and the operation agree,
/// and nothing traps but with the rule's words.
@Suite struct ShapeFuzzTests {
  static let draws = 400

  @Test(arguments: FuzzedOperation.all)
  func `what the rule lets through is computed, and has its shape`(operation: FuzzedOperation) {
    var draw = Draw(operation.name)
    var (taken, refused) = (0, 0)
    for _ in 0..<Self.draws {
      let call = operation.draw(&draw)
      guard let shape = try? call.rule() else {
        refused += 1
        continue
      }
      taken += 1
      let result = call.operation()
      #expect(result.shape == shape, "\(operation.name) \(call.arguments)")
      #expect(result.values.count == shape.reduce(1, *))
      if result.requiresGradient { result.sum().backward() }
    }
    // The draws are such that both happen, often.
    #expect(taken > 40, "\(refused) refused")
    #expect(refused > 20 || operation.name == "softmax")
  }

  @Test func `a rule's error names the operation, the shapes and what is wrong`() throws {
    var operations: Set<String> = []
    for operation in FuzzedOperation.all {
      var draw = Draw(operation.name)
      for _ in 0..<Self.draws {
        do { _ = try operation.draw(&draw).rule() } catch let error as ShapeError {
          let shown = ["[]", "scalar"].contains { error.problem.contains($0) }
          #expect(shown || error.problem.contains(where: \.isNumber), "\(error)")
          operations.insert(error.operation)
        }
      }
    }
    #expect(operations.count > 30)
  }

  @Test func `an operation stops with its rule's words`() async throws {
    func words(_ result: ExitTest.Result?) throws -> String {
      String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    }
    func expect(_ words: String, _ rule: () throws -> Void) {
      do {
        try rule()
        Issue.record("the rule takes it")
      } catch {
        #expect(words.contains("Fatal error: \(error)"), "\(words)")
      }
    }
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([3, 2])
    }
    expect(try words(sum)) { _ = try Shape.broadcast("+", [2, 3], [3, 2]) }
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).matmul(.zeros([2, 3]))
    }
    expect(try words(product)) { _ = try Shape.matmul([2, 3], [2, 3]) }
    let convolution = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor.zeros([1, 3, 8, 8]).conv2d(weight: .zeros([4, 2, 3, 3]))
    }
    expect(try words(convolution)) { _ = try Shape.conv2d([1, 3, 8, 8], weight: [4, 2, 3, 3]) }
    let pool = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 2, 2]).maxPool2d(3)
    }
    expect(try words(pool)) {
      _ = try Shape.pool2d("maxPool2d", [1, 3, 2, 2], size: 3, stride: 3, padding: 0)
    }
    let labels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).crossEntropy([0, 3])
    }
    expect(try words(labels)) { try Shape.crossEntropy([2, 3], [0, 3]) }
    let norm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3, 4]).layerNorm(scale: .zeros([3]))
    }
    expect(try words(norm)) { try Shape.layerNorm([2, 3, 4], scale: [3]) }
    let slice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).sliced(axis: 1, 1..<4)
    }
    expect(try words(slice)) { _ = try Shape.sliced([2, 3], axis: 1, 1..<4) }
  }
}
