import Documents

/// What a pipeline sweeps: the values that some params take, and how they are combined.
struct Sweep {
  struct Axis {
    let name: String
    let target: Override.Target
    let place: SourceLocation
    var values: [Node]
  }

  /// A combination that is left out: all points that have these values.
  struct Exclusion {
    let values: [(target: Override.Target, value: Value)]
  }

  static let maxPoints = 100_000

  /// Axes of one group go together and have equally many values; groups are multiplied.
  var groups: [[Axis]] = []
  var exclusions: [Exclusion] = []

  var axes: [Axis] { groups.flatMap(\.self) }

  /// Sweeps over these values instead, or as well.
  mutating func replace(_ axis: Axis) {
    guard let group = groups.firstIndex(where: { $0.contains { $0.target == axis.target } }) else {
      groups.append([axis])
      return
    }
    // Of lists that go together the others still do.
    groups[group].removeAll { $0.target == axis.target }
    if groups[group].isEmpty {
      groups[group] = [axis]
    } else {
      groups.insert([axis], at: group + 1)
    }
  }

  /// Leaves this value of what is swept: of lists that go together the places that have it, or of a value that
  /// none has, the value by itself.
  mutating func fix(_ axis: Axis, at value: Node) {
    guard let group = groups.firstIndex(where: { $0.contains { $0.target == axis.target } }) else {
      return
    }
    let kept = axis.values.indices.filter {
      axis.values[$0].value.isNumericallyEqual(to: value.value)
    }
    if kept.isEmpty {
      replace(Axis(name: axis.name, target: axis.target, place: axis.place, values: [value]))
    } else {
      for index in groups[group].indices {
        let values = groups[group][index].values
        groups[group][index].values = kept.map { values[$0] }
      }
    }
  }

  /// Sweeps no more over what lies inside this.
  mutating func removeInside(_ target: Override.Target) {
    for group in groups.indices { groups[group].removeAll { $0.target.lies(inside: target) } }
    groups.removeAll(where: \.isEmpty)
  }

  /// How many points there are before any is left out; `nil` for more than can be.
  var size: Int? {
    var size = 1
    for group in groups {
      let (product, overflows) = size.multipliedReportingOverflow(by: group[0].values.count)
      if overflows || product > Self.maxPoints { return nil }
      size = product
    }
    return size
  }

  /// The values of each point, one of each axis in their order; those of the first axis change last.
  func points() -> [[Node]] {
    var points: [[Node]] = [[]]
    for group in groups {
      let steps = group[0].values.indices.map { index in group.map { $0.values[index] } }
      points = points.flatMap { point in steps.map { point + $0 } }
    }
    let targets = axes.map(\.target)
    return points.filter { point in !exclusions.contains { $0.matches(point, targets) } }
  }
}

extension Sweep.Exclusion {
  func matches(_ point: [Node], _ targets: [Override.Target]) -> Bool {
    values.allSatisfy { excluded in
      targets.firstIndex(of: excluded.target)
        .map { point[$0].value.isNumericallyEqual(to: excluded.value) } ?? false
    }
  }
}

extension Value {
  /// A whole number as a float, anything else as it is.
  var asNumber: Value { int.map { .float(Double($0)) } ?? self }

  /// Whether two values are the same, or the same number, written as `1` and as `1.0`.
  func isNumericallyEqual(to other: Value) -> Bool {
    switch (self, other) {
    case (.int(let one), .float(let other)): Double(one) == other
    case (.float(let one), .int(let other)): one == Double(other)
    default: self == other
    }
  }
}
