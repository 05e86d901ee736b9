import Documents
import Engine
import Pipelines

/// The values that make a point what it is, by the names that `--set` knows them by.
enum PointValue {
  /// Of a pipeline: its params, its seed, and what its stages run with, in this order.
  static func all(of pipeline: ResolvedPipeline) -> [(name: String, value: Value)] {
    var all = leaves(of: pipeline.params, path: [])
    all.append(("seed", .int(Int64(clamping: pipeline.seed))))
    for stage in pipeline.stages {
      let path = ["stages", stage.name]
      all.append(("\(path.joined(separator: ".")).uses", .string(stage.kind)))
      all += leaves(of: stage.config, path: path)
      if let seed = stage.seed {
        all.append(("stages.\(stage.name).seed", .int(Int64(clamping: seed))))
      }
      for (input, reference) in stage.inputs.sorted(by: { $0.key < $1.key }) {
        all.append(("stages.\(stage.name).inputs.\(input)", .string(reference.description)))
      }
    }
    return all
  }

  /// The value by its name; `nil` where the pipeline has none.
  static func named(_ name: String, of point: StudyPoint) -> Value? {
    point[name] ?? all(of: point.pipeline).first { $0.name == name }?.value
  }

  /// The values of a map's maps, with their dotted names, sorted.
  private static func leaves(of value: Value, path: [String]) -> [(name: String, value: Value)] {
    guard let members = value.map, !members.isEmpty else {
      return path.isEmpty ? [] : [(path.joined(separator: "."), value)]
    }
    return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .flatMap { leaves(of: $0.value, path: path + [$0.key]) }
  }

  /// The names by which these pipelines differ, the first that say it: a field of a stage that changes
  /// only when a param does is left out.
  static func differing(among pipelines: [ResolvedPipeline]) -> [String] {
    let tables = pipelines.map { pipeline in
      Dictionary(
        all(of: pipeline).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    var names: [String] = []
    for name in pipelines.flatMap({ all(of: $0).map(\.name) }).uniqued
    where Set(tables.map { $0[name] }).count > 1 {
      names.append(name)
    }
    var kept = names.filter { !$0.hasPrefix("stages.") }
    for name in names where name.hasPrefix("stages.") {
      if !follows(name, from: kept, in: tables) { kept.append(name) }
    }
    return kept
  }

  /// Whether the value of `name` is the same wherever those of the others are.
  private static func follows(
    _ name: String, from others: [String], in tables: [[String: Value]]
  ) -> Bool {
    var seen: [[Value?]: Value?] = [:]
    for table in tables {
      let key = others.map { table[$0] }
      if let known = seen[key], known != table[name] { return false }
      seen[key] = .some(table[name])
    }
    return true
  }

  /// As a person would write it: texts without quotes.
  static func text(_ value: Value) -> String {
    switch value {
    case .string(let text): text
    case .list(let items): "[\(items.map(text).joined(separator: ", "))]"
    default: value.json()
    }
  }
}

extension Sequence where Element: Hashable {
  /// Each element once, where it comes first.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
