import Corpus
import Reports
import Testing

@Suite struct DrawingTests {
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `boxes do not overlap, and edges lead downwards`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...40, using: &random)
    var reads: [(source: Int, reader: Int)] = []
    for reader in 1..<max(count, 2) where reader < count {
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let source = Int.random(in: 0..<reader, using: &random)
        if !reads.contains(where: { $0 == (source, reader) }) { reads.append((source, reader)) }
      }
    }
    let layout = DagLayout(count: count, reads: reads)
    for one in 0..<count {
      #expect(layout.stages[one].x >= DagLayout.boxWidth / 2)
      #expect(layout.stages[one].x <= layout.width - DagLayout.boxWidth / 2)
      for other in 0..<one where layout.stages[one].y == layout.stages[other].y {
        #expect(abs(layout.stages[one].x - layout.stages[other].x) >= DagLayout.boxWidth)
      }
    }
    for (way, edge) in zip(layout.edges, reads) {
      #expect(way.first == layout.stages[edge.source] && way.last == layout.stages[edge.reader])
      #expect(zip(way, way.dropFirst()).allSatisfy { $0.y < $1.y })
    }
  }

  @Test func `of nothing nothing is drawn`() {
    #expect(DagLayout(count: 0, reads: []).stages.isEmpty)
  }

  @Test(arguments: [
    ([0.0, 1.0], [0, 0.2, 0.4, 0.6, 0.8, 1]), ([0.5], [0.44, 0.46, 0.48, 0.5, 0.52, 0.54, 0.56]),
    ([-3, 12], [-5, 0, 5, 10, 15]),
  ])
  func `ticks are round and hold the numbers between them`(values: [Double], ticks: [Double]) {
    let axis = Axis(showing: values)
    #expect(axis.ticks.map { NumberText.trimmed($0, 6) } == ticks.map { NumberText.trimmed($0, 6) })
  }

  @Test(arguments: [
    [0.0], [1e300, -1e300], [Double.leastNonzeroMagnitude], [1e-300, 2e-300],
    [.greatestFiniteMagnitude], [-0.0, 0],
  ])
  func `no numbers are too large or too small for an axis`(values: [Double]) {
    let axis = Axis(showing: values)
    #expect(!axis.ticks.isEmpty && axis.ticks.count <= 52)
    #expect(axis.ticks.allSatisfy { !axis.text($0).isEmpty })
  }

  @Test func `lightness rises along the colours of a heat map`() {
    let lumas = (0...50).map { Palette.sequential(Double($0) / 50).luma }
    #expect(zip(lumas, lumas.dropFirst()).allSatisfy { $0 < $1 })
    for side in [1.0, -1] {
      let lumas = (0...50).map { Palette.diverging(side * Double($0) / 50).luma }
      #expect(zip(lumas, lumas.dropFirst()).allSatisfy { $0 > $1 })
    }
  }

  @Test func `columns of one subject share their colour, those of one chart differ`() {
    let columns = ["train/loss", "test/loss", "noisy/loss", "noisy/true-loss", "x"].map {
      Metrics.Column(name: $0, values: [])
    }
    let classes = Palette.classes(for: columns)
    #expect(Set(classes).count == 5)
    #expect(classes[0] == Palette.classes(for: [columns[0]])[0])
    #expect(classes[2] == Palette.classes(for: [columns[2]])[0])
  }

  @Test func `a curve in braille rises, falls and has gaps`() {
    #expect(TextCurve.lines([0, 1], width: 4, height: 1) == ["⣀⠤⠒⠉"])
    #expect(TextCurve.lines([1, 0], width: 4, height: 1) == ["⠉⠒⠤⣀"])
    let huge = Double.greatestFiniteMagnitude
    #expect(TextCurve.lines([-huge, huge], width: 4, height: 1) == ["⣀⠤⠒⠉"])
    #expect(TextCurve.lines([], width: 2, height: 1) == ["⠀⠀"])
    #expect(TextCurve.lines([.nan, nil], width: 2, height: 1) == ["⠀⠀"])
    #expect(TextCurve.lines([0, 1, 2, 3], width: 2, height: 2).count == 2)
  }
}
