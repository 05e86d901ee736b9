import Tensors
import Testing

@Suite struct GraphTests {
  @Test func `a tensor used twice gets the sum of both shares`() {
    let x = Tensor(shape: [2], values: [3, 5], requiresGradient: true)
    (x * x + x).sum().backward()
    #expect(x.gradient?.values == [7, 11])
  }

  @Test func `gradients of several passes add up until they are cleared`() {
    let x = Tensor(shape: [], values: [2], requiresGradient: true)
    (x * 3).backward()
    (x * 4).backward()
    #expect(x.gradient?.item == 7)
    x.clearGradient()
    #expect(x.gradient == nil)
  }

  @Test func `shares that come from one tensor do not write into each other`() {
    let a = Tensor(shape: [1], values: [1], requiresGradient: true)
    let b = Tensor(shape: [1], values: [1], requiresGradient: true)
    let c = a.reshaped([1, 1]).reshaped([1])
    (c + b + a).sum().backward()
    #expect(a.gradient?.values == [2])
    #expect(b.gradient?.values == [1])
  }

  @Test func `what the result does not depend on has no gradient`() {
    let x = Tensor(shape: [], values: [2], requiresGradient: true)
    let y = Tensor(shape: [], values: [2], requiresGradient: true)
    (x * y.detached()).backward()
    #expect(x.gradient?.item == 2)
    #expect(y.gradient == nil)
  }

  @Test func `constants keep no graph`() {
    let y = Tensor(2) * Tensor(3) + 1
    #expect(!y.requiresGradient)
    y.backward()
    #expect(y.item == 7)
  }

  @Test func `detached tensors share the values`() {
    let x = Tensor(shape: [2], values: [1, 2], requiresGradient: true)
    let copy = x.detached()
    x.withUnsafeMutableValues { $0[0] = 9 }
    #expect(copy.values == [9, 2])
  }

  @Test func `a long chain is walked without recursion`() {
    let x = Tensor(shape: [], values: [1], requiresGradient: true)
    var y = x
    for _ in 0..<100_000 { y = y + 0 }
    y.backward()
    #expect(x.gradient?.item == 1)
  }

  @Test func `equal values have equal fingerprints, whatever their NaN`() {
    let quiet = Tensor(shape: [2], values: [.nan, 1])
    let other = Tensor(shape: [2], values: [Float(bitPattern: 0xffc0_0001), 1])
    let zeros = [Tensor(0), Tensor(-0.0)]
    #expect(Tensor.fingerprint(of: [quiet]) == Tensor.fingerprint(of: [other]))
    #expect(Tensor.fingerprint(of: [zeros[0]]) != Tensor.fingerprint(of: [zeros[1]]))
    #expect(Tensor.fingerprint(of: []) == "99aa06d3014798d86001c324468d497f")
  }

  @Test func `the first of equals is the largest`() {
    let x = Tensor(shape: [3, 3], values: [1, 1, 0, 0, 2, 2, -3, -4, -2])
    #expect(x.argmaxOfRows() == [0, 1, 2])
  }

  @Test func `rows are selected in the order asked for`() {
    let x = Tensor(shape: [3, 2], values: [0, 1, 2, 3, 4, 5])
    #expect(x.selectingRows([2, 0, 2]).values == [4, 5, 0, 1, 4, 5])
    #expect(x.selectingRows([Int32]()).shape == [0, 2])
  }

  @Test func `a second pass over a used graph is refused`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor(shape: [], values: [1], requiresGradient: true)
      let y = x * 2
      y.backward()
      (y * 2).backward()
    }
    #expect(try words(result).contains("backward: the graph was used already"))
  }

  @Test func `values that do not fill a shape are refused, and shapes that are none`() async throws
  {
    let few = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(shape: [2], values: [1])
    }
    #expect(try words(few).contains("tensor: 1 values for shape [2]"))
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([-2, -3])
    }
    #expect(try words(negative).contains("tensor: no tensor is [-2, -3]"))
  }

  private func words(_ result: ExitTest.Result?) throws -> String {
    String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
  }
}
