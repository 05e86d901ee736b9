/// Orders stages so that each follows those it reads from; otherwise they stay in file order.
///
/// Walks depth first with a stack of its own, in linear time.
struct StageOrder {
  /// Indices into `sources`, ordered; of no use when there are cycles.
  private(set) var order: [Int] = []
  /// Every cycle that shares no stage with one found before, as indices, each from its first stage
  /// in file order, in the direction of the data.
  private(set) var cycles: [[Int]] = []

  /// - Parameter sources: For each stage, the stages it reads from.
  init(_ sources: [[Int]]) {
    enum Mark {
      case new, open, done
    }
    var marks = [Mark](repeating: .new, count: sources.count)
    var isInCycle = [Bool](repeating: false, count: sources.count)
    var stack: [(stage: Int, next: Int)] = []
    for start in sources.indices where marks[start] == .new {
      stack.append((start, 0))
      marks[start] = .open
      while let (stage, next) = stack.last {
        guard next < sources[stage].count else {
          marks[stage] = .done
          order.append(stage)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let source = sources[stage][next]
        switch marks[source] {
        case .done: break
        case .new:
          marks[source] = .open
          stack.append((source, 0))
        case .open where isInCycle[source] || isInCycle[stage]: break
        case .open:
          // The stack goes from readers to what they read: backwards, it is the way of the data.
          let cycle = stack.reversed().map(\.stage).prefix { $0 != source } + [source]
          for member in cycle { isInCycle[member] = true }
          let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
          cycles.append(Array(cycle[first...] + cycle[..<first]))
        }
      }
    }
  }
}
