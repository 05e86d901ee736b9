import Foundation
import Learning
import Testing

@Suite struct ScheduleTests {
  private func isNear(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= 1e-9 * max(abs(expected), 1e-3)
  }

  @Test func `falls every few epochs`() {
    let schedule = Schedule(.every(epochs: 30, gamma: 0.1))
    let rates = [0, 29, 30, 59, 60].map { schedule.rate(0.1, epoch: $0) }
    #expect(rates == [0.1, 0.1, 0.1 * 0.1, 0.1 * 0.1, 0.1 * 0.1 * 0.1])
  }

  // Values computed with NumPy and TensorFlow's cosine_decay_restarts.
  @Test func `follows a cosine`() {
    let whole = Schedule(.cosine(end: 200))
    for (epoch, rate) in [
      (0, 0.03), (50, 0.0256066017178), (100, 0.015), (199, 1.85051277509e-06),
    ] { #expect(isNear(whole.rate(0.03, epoch: epoch), rate)) }
    let late = Schedule(.cosine(start: 20, end: 100, final: 0.5))
    for (epoch, rate) in [(0, 0.001), (20, 0.001), (60, 0.00075), (99, 0.00050019274094)] {
      #expect(isNear(late.rate(0.001, epoch: epoch), rate))
    }
    #expect(late.rate(0.001, epoch: 100) == 0.0005)
    #expect(late.rate(0.001, epoch: 1000) == 0.0005)
  }

  @Test func `starts the cosine again`() {
    let schedule = Schedule(.cosineRestarts(first: 500, stretch: 1.5, height: 0.9))
    for (epoch, rate) in [
      (0, 0.1), (250, 0.05), (499, 9.86957193144e-07), (500, 0.09), (875, 0.045),
      (1249, 3.94783598807e-07), (1250, 0.081),
    ] { #expect(isNear(schedule.rate(0.1, epoch: epoch), rate)) }
  }

  @Test func `the cosine is the true one within an ulp of one`() {
    let schedule = Schedule(.cosine(end: 100_000))
    let worst = (0...100_000).map { epoch in
      let truth = (1 + cos(Double.pi * Double(epoch) / 100_000)) / 2
      return abs(schedule.rate(1, epoch: epoch) - truth)
    }.max()
    #expect(worst ?? 1 < 3e-16)
    #expect(schedule.rate(1, epoch: 50_000) == 0.5)
  }

  @Test func `falls along a line`() {
    let schedule = Schedule(.linear(start: 10, end: 20))
    #expect([0, 10, 15, 20, 30].map { schedule.rate(2, epoch: $0) } == [2, 2, 1, 0, 0])
  }

  @Test func `rises first`() {
    let schedule = Schedule(.step(milestones: [6], gamma: 0.5), warmUp: 4)
    #expect((0..<7).map { schedule.rate(8, epoch: $0) } == [2, 4, 6, 8, 8, 8, 4])
  }

  @Test func `goes by steps where asked to`() {
    var schedule = Schedule(.linear(end: 2), isPerStep: true)
    let rates = (0..<2).flatMap { epoch in
      (0..<4).map { schedule.rate(8, epoch: epoch, step: $0, of: 4) }
    }
    #expect(rates == [8, 7, 6, 5, 4, 3, 2, 1])
    schedule = Schedule(.constant, warmUp: 1, isPerStep: true)
    #expect((0..<4).map { schedule.rate(8, epoch: 0, step: $0, of: 4) } == [2, 4, 6, 8])
    #expect(schedule.rate(8, epoch: 1, step: 0, of: 4) == 8)
    schedule = Schedule(.step(milestones: [1], gamma: 0.5), isPerStep: true)
    #expect(schedule.rate(8, epoch: 0, step: 3, of: 4) == 8)
    #expect(schedule.rate(8, epoch: 1, step: 0, of: 4) == 4)
  }
}
