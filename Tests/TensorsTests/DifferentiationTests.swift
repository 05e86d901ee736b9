import Tensors
import Testing

@Suite struct DifferentiationTests {
  @Test func `derivatives are returned without touching the tensors' gradients`() throws {
    let x = Tensor(shape: [2], values: [3, 5], requiresGradient: true)
    let y = (x * x).sum()
    let dx = try #require(Tensor.gradients(of: y, with: [x])[0])
    #expect(dx.values == [6, 10])
    #expect(!dx.requiresGradient)
    #expect(x.gradient == nil)
    y.backward()
    #expect(x.gradient?.values == [6, 10])
  }

  @Test func `derivatives of derivatives, as often as asked for`() throws {
    let x = Tensor(shape: [], values: [2], requiresGradient: true)
    var y = x * x * x * x
    var found: [Float] = []
    for _ in 0..<4 {
      y = try #require(Tensor.gradients(of: y, with: [x], createGraph: true)[0])
      found.append(y.item)
    }
    #expect(found == [32, 48, 48, 24])
  }

  @Test func `a derivative by something in the middle`() throws {
    let x = Tensor(shape: [], values: [3], requiresGradient: true)
    let middle = x * x
    let y = middle * middle + x
    let shares = Tensor.gradients(of: y, with: [middle, x])
    #expect(shares[0]?.item == 18)
    #expect(shares[1]?.item == 109)
  }

  @Test func `what the result does not depend on has no derivative`() {
    let x = Tensor(shape: [], values: [3], requiresGradient: true)
    let other = Tensor(shape: [], values: [3], requiresGradient: true)
    #expect(Tensor.gradients(of: x * x, with: [other, Tensor(1)]).allSatisfy { $0 == nil })
  }

  @Test func `a seed weighs the elements of a result`() throws {
    let x = Tensor(shape: [3], values: [1, 2, 3], requiresGradient: true)
    let seed = Tensor(shape: [3], values: [1, 10, 100])
    let dx = try #require(Tensor.gradients(of: x * x, with: [x], seed: seed)[0])
    #expect(dx.values == [2, 40, 600])
  }

  @Test func `a step of gradient descent can be differentiated by its rate`() throws {
    let weight = Tensor(shape: [], values: [2], requiresGradient: true)
    let rate = Tensor(shape: [], values: [0.25], requiresGradient: true)
    let slope = try #require(
      Tensor.gradients(of: weight * weight * weight, with: [weight], createGraph: true)[0])
    let stepped = weight - rate * slope  // 2 - 12 r
    let shares = Tensor.gradients(of: stepped * stepped, with: [rate, weight])
    #expect(shares[0]?.item == 24)  // 2 (2 - 12 r) · -12
    #expect(shares[1]?.item == 4)  // 2 (w - 3 r w²) (1 - 6 r w)
  }

  @Test func `a graph that is never walked is let go of without recursion`() {
    let x = Tensor(shape: [], values: [1], requiresGradient: true)
    var y = x
    for _ in 0..<300_000 { y = y * 1 }
    #expect(y.item == 1)
  }

  @Test func `a long chain can be differentiated with a graph of its own`() throws {
    let x = Tensor(shape: [], values: [1], requiresGradient: true)
    var y = x
    for _ in 0..<50_000 { y = y + 0 }
    let dx = try #require(Tensor.gradients(of: y * y, with: [x], createGraph: true)[0])
    #expect(dx.item == 2)
    #expect(Tensor.gradients(of: dx, with: [x])[0]?.item == 2)
  }

  @Test func `shape mistakes name the operation and the shapes`() throws {
    #expect {
      try Shape.matmul([2, 3], [2, 3])
    } throws: {
      "\($0)" == "matmul: inner sizes differ: [2, 3] × [2, 3]"
    }
    #expect(try Shape.broadcast("+", [3, 1, 5], [4, 1]) == [3, 4, 5])
    #expect {
      try Shape.broadcast("+", [2, 3], [3, 2])
    } throws: {
      "\($0)" == "+: the shapes [2, 3] and [3, 2] do not go together"
    }
  }
}
