import Learning
import Tensors
import Testing

@Suite struct KMeansTests {
  @Test func `four clouds are found from centres among them`() throws {
    let centres: [[Float]] = [[0, 0], [10, 0], [0, 10], [10, 10]]
    let noise = RandomStream(seed: 3, purpose: "clouds").normal(400)
    let values = (0..<400).map { centres[$0 / 2 % 4][$0 % 2] + noise[$0] }
    let found = try KMeans(
      Tensor(shape: [200, 2], values: values), clusters: 4,
      stream: RandomStream(seed: 1, purpose: "clusters"))
    for cloud in 0..<4 {
      let members = stride(from: cloud, to: 200, by: 4).map { found.assignments[$0] }
      #expect(Set(members).count == 1)
      let centre = Int(members[0])
      for axis in 0..<2 {
        // The mean of 50 numbers with deviation 1.
        #expect(abs(found.centres[2 * centre + axis] - centres[cloud][axis]) < 0.6)
      }
    }
    #expect(found.objective > 250 && found.objective < 550)
  }

  @Test func `a row halfway goes to the smaller index, and centres are means`() throws {
    let rows = Tensor(shape: [3, 1], values: [0, 1, 2])
    let found = try KMeans(rows, centres: Tensor(shape: [2, 1], values: [0, 2]))
    #expect(found.assignments == [0, 0, 1])
    #expect(found.centres == [0.5, 2])
    #expect(found.objective == 0.5)
  }

  @Test func `an empty cluster takes the row farthest from its centre`() throws {
    let rows = Tensor(shape: [4, 1], values: [0, 1, 2, 9])
    let found = try KMeans(rows, centres: Tensor(shape: [2, 1], values: [1, 100]))
    #expect(found.assignments == [0, 0, 0, 1])
    #expect(found.centres == [1, 9])
  }

  @Test func `never worse with more rounds, restarts or clusters`() throws {
    let rows = Tensor(
      shape: [120, 3], values: RandomStream(seed: 5, purpose: "rows").uniform(360))
    let stream = RandomStream(seed: 2, purpose: "clusters")
    func objective(_ clusters: Int, restarts: Int = 1, rounds: Int = 20) throws -> Double {
      try KMeans(rows, clusters: clusters, stream: stream, restarts: restarts, rounds: rounds)
        .objective
    }
    #expect(try objective(5, rounds: 20) <= objective(5, rounds: 1))
    #expect(try objective(5, restarts: 5) <= objective(5))
    #expect(try objective(8, restarts: 5) < objective(3, restarts: 5))
    #expect(try objective(120) == 0)
  }

  @Test func `what cannot be clustered is refused`() {
    let stream = RandomStream(seed: 2, purpose: "clusters")
    #expect(throws: KMeans.Failure.tooFewRows(2, clusters: 3)) {
      try KMeans(.zeros([2, 2]), clusters: 3, stream: stream)
    }
    #expect(throws: KMeans.Failure.malformedRows([4])) {
      try KMeans(.zeros([4]), clusters: 1, stream: stream)
    }
    #expect(throws: KMeans.Failure.malformedCentres([1, 3], features: 2)) {
      try KMeans(.zeros([2, 2]), centres: .zeros([1, 3]))
    }
    #expect(throws: KMeans.Failure.notFinite) {
      try KMeans(.zeros([2, 1]), centres: Tensor(shape: [1, 1], values: [.infinity]))
    }
    #expect(throws: KMeans.Failure.notFinite) {
      try KMeans(Tensor(shape: [1, 1], values: [.nan]), clusters: 1, stream: stream)
    }
  }
}

@Suite struct GaussianMixtureTests {
  /// 600 numbers around 0.2 with deviation 0.05 and 400 around 1 with deviation 0.2.
  private var losses: [Float] {
    let normal = RandomStream(seed: 4, purpose: "losses").normal(1000)
    return normal.enumerated().map { $0 < 600 ? 0.2 + 0.05 * $1 : 1 + 0.2 * $1 }
  }

  @Test func `two normal distributions are told apart`() throws {
    let fit = try #require(
      GaussianMixture(fitting: losses, rounds: 100, tolerance: 1e-6, varianceFloor: 1e-6))
    #expect(fit.hasConverged)
    #expect(abs(fit.lower.weight - 0.6) < 0.01)
    #expect(abs(fit.lower.mean - 0.2) < 0.01 && abs(fit.upper.mean - 1) < 0.03)
    #expect(abs(fit.lower.variance.squareRoot() - 0.05) < 0.005)
    #expect(abs(fit.upper.variance.squareRoot() - 0.2) < 0.02)
    let posterior = fit.lowerPosterior(of: losses)
    #expect(posterior[..<600].allSatisfy { $0 > 0.9 })
    #expect(posterior[600...].count { $0 < 0.1 } > 395)
    #expect(posterior.allSatisfy { 0...1 ~= $0 })
  }

  @Test func `order and place do not matter`() throws {
    let fit = try #require(GaussianMixture(fitting: losses))
    let mirrored = try #require(GaussianMixture(fitting: losses.map { -$0 }))
    #expect(abs(fit.lower.mean + mirrored.upper.mean) < 1e-12)
    let reversed = try #require(GaussianMixture(fitting: losses.reversed()))
    #expect(abs(fit.lower.mean - reversed.lower.mean) < 1e-12)
  }

  @Test func `equal numbers have no two distributions`() {
    #expect(GaussianMixture(fitting: [1, 1, 1]) == nil)
    #expect(GaussianMixture(fitting: []) == nil)
  }

  @Test func `two numbers are each a distribution as wide as the floor`() throws {
    let fit = try #require(GaussianMixture(fitting: [0, 1], varianceFloor: 1e-3))
    #expect(abs(fit.lower.mean) < 1e-9 && abs(fit.upper.mean - 1) < 1e-9)
    #expect(abs(fit.lower.variance - 1e-3) < 1e-9)
    #expect(fit.lowerPosterior(of: [0, 1, 0.4]).map { $0 > 0.5 } == [true, false, true])
  }

  @Test func `the bits are the same in every build`() throws {
    let fit = try #require(GaussianMixture(fitting: losses))
    let found = [fit.lower.weight, fit.lower.mean, fit.upper.mean, fit.upper.variance]
      .map { String($0.bitPattern, radix: 16) }
    #expect(
      found == ["3fe3330603f89fb7", "3fc957c6518fb57b", "3ff03c8639a790a2", "3fa66b38f859a27a"])
  }
}
