import Documents

/// Puts the stages of many points together, those that are the same once.
struct StageUnion {
  /// What makes two points' stages of one name the same: all that they run with and read.
  private struct Identity: Hashable {
    let name: String
    let kind: String
    let config: Value
    let seed: UInt64?
    /// Outputs by the number of the stage that makes them.
    let inputs: [String: Source]
    let limits: StageLimits
    let reproducible: Reproducibility
  }

  private enum Source: Hashable {
    case output(stage: Int, output: String, item: String?)
    case file(String)
  }

  private struct Member {
    let stage: ResolvedStage
    let inputs: [String: Source]
    /// The value of each axis, while all points have the same that share the stage.
    var values: [Value?]
  }

  private let axes: [Study.Axis]
  private var numbers: [Identity: Int] = [:]
  private var members: [Member] = []
  /// Of each point the numbers of its stages, in its pipeline's order.
  private(set) var points: [[Int]] = []

  init(axes: [Study.Axis]) { self.axes = axes }

  mutating func add(_ pipeline: ResolvedPipeline, at values: [Value]) {
    var own: [String: Int] = [:]
    for stage in pipeline.stages { own[stage.name] = add(stage, reading: own, at: values) }
    points.append(pipeline.stages.compactMap { own[$0.name] })
  }

  private mutating func add(
    _ stage: ResolvedStage, reading own: [String: Int], at values: [Value]
  ) -> Int {
    // A stage stands behind those that it reads from.
    let inputs = stage.inputs.compactMapValues { reference -> Source? in
      switch reference {
      case .output(let from, let output, let item):
        own[from].map { .output(stage: $0, output: output, item: item) }
      case .file(let path): .file(path)
      }
    }
    let identity = Identity(
      name: stage.name, kind: stage.kind, config: stage.config, seed: stage.seed, inputs: inputs,
      limits: stage.limits, reproducible: stage.reproducible)
    guard let number = numbers[identity] else {
      numbers[identity] = members.count
      members.append(Member(stage: stage, inputs: inputs, values: values))
      return members.count - 1
    }
    for (axis, value) in values.enumerated() where members[number].values[axis] != value {
      members[number].values[axis] = nil
    }
    return number
  }

  /// The longest name of a stage that has a log of its own.
  private static let longestName = 100

  /// A name for each stage, different from all others.
  func names() -> [String] {
    var taken: Set<String> = []
    return members.enumerated().map { number, member in
      let values = zip(axes, member.values).compactMap { axis, value in
        axis.values.count > 1
          ? value.map { "\(Self.plain(axis.name))=\(Self.plain($0.flowText))" } : nil
      }
      let name = ([member.stage.name] + (values.isEmpty ? [] : [values.joined(separator: ",")]))
        .joined(separator: "@")
      let isFree = name.utf8.count <= Self.longestName && taken.insert(name).inserted
      return isFree ? name : "\(member.stage.name.prefix(80))@\(number + 1)"
    }
  }

  /// The text with what could not stand in a file's name replaced.
  private static func plain(_ text: String) -> String {
    let words = text.unicodeScalars.split { scalar in
      !(scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)))
        && !"._-+".unicodeScalars.contains(scalar)
    }
    return words.map { String($0) }.joined(separator: "-")
  }

  /// The stages, reading from each other by these names.
  func stages(named names: [String]) -> [ResolvedStage] {
    members.enumerated().map { number, member in
      member.stage.renamed(
        names[number],
        reading: member.inputs.mapValues { source in
          switch source {
          case .output(let stage, let output, let item):
            .output(stage: names[stage], output: output, item: item)
          case .file(let path): .file(path)
          }
        })
    }
  }
}
