import Documents
public import Engine
import Pipelines
public import Store

extension StudyPoint {
  /// Recorded runs as the points of a study: what is swept is whatever they differ in.
  ///
  /// - Returns: The points in the order of the runs, each run once; and the names by which they differ,
  ///   the params first, then the seed, then fields of stages.
  /// - Throws: `PipelineErrors`, `EngineError` and `StoreError` when a run's record does not tell its pipeline.
  public static func points(
    of runs: [Run], by engine: Engine
  ) throws -> (points: [StudyPoint], axes: [String]) {
    var seen: Set<Digest> = []
    let runs = runs.filter { seen.insert($0.hash).inserted }
    let pipelines = try runs.map { try engine.pipeline(of: $0).pipeline }
    let names = Set(pipelines.map(\.name))
    let axes =
      (names.count > 1 ? ["pipeline"] : []) + PointValue.differing(among: pipelines)
    // Runs that agree in all of these are no repeats of each other: something else differs.
    let values = pipelines.map { pipeline in
      let known = Dictionary(
        PointValue.all(of: pipeline).map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first })
      return [.string(pipeline.name)] + axes.map { known[$0] ?? .null } as [Value]
    }
    let isTold = Set(values).count == values.count
    let records = try engine.store.records(
      for: Array(Set(runs.flatMap { Array($0.records.values) })))
    let points = zip(runs, pipelines).map { run, pipeline in
      let values = Dictionary(
        PointValue.all(of: pipeline).map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first })
      return StudyPoint(
        values: axes.map { axis in
          (axis, axis == "pipeline" ? .string(pipeline.name) : values[axis] ?? .null)
        },
        pipeline: pipeline, records: run.records.compactMapValues { records[$0] },
        runHash: run.hash)
    }
    if isTold { return (points, axes) }
    return (
      points.map { point in
        let run = String((point.runHash?.description ?? "").prefix(12))
        return StudyPoint(
          values: point.values + [("run", .string(run))], pipeline: point.pipeline,
          records: point.records, runHash: point.runHash)
      }, axes + ["run"]
    )
  }
}
