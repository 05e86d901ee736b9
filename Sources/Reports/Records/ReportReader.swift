import Documents
import Engine
import Learning
package import Pipelines
package import Store

/// Collects from the store what a report shows.
///
/// What is evicted or damaged is a gap that the report names; only the record itself must be there.
package struct ReportReader {
  private let store: Store
  private let metricsOnly: Bool

  /// Larger files are no matrix and no metrics that a page could show.
  private static let mostBytes = 16 << 20

  /// With `metricsOnly` matrices are left closed, for who wants nothing but curves.
  package init(_ store: Store, metricsOnly: Bool = false) {
    self.store = store
    self.metricsOnly = metricsOnly
  }

  /// - Throws: `StoreError`, `EngineError` where the snapshot or a preimage cannot be read.
  package func report(of run: Run) throws -> RunReport {
    let snapshot = try store.snapshot(run.hash)
    let records = try store.records(for: Array(Set(run.records.values)))
    let executions = run.executions.sorted { ($0.startedAt, $0.host) < ($1.startedAt, $1.host) }
    let origin = executions.lazy.compactMap { store.origin(of: $0) }.first
    let files = Self.paths(in: origin?.resolved)
    let stages = try snapshot.stages.compactMap { stage -> StageReport? in
      guard let record = run.records[stage.name].flatMap({ records[$0] }) else { return nil }
      let sources = stage.inputs.map { input, source -> (String, String, String?) in
        switch source {
        case .output(let from, let output, let item):
          (input, "\(from).\(output)" + (item.map { "/\($0)" } ?? ""), from)
        case .file: (input, files[stage.name]?[input] ?? "file", nil)
        }
      }
      return try report(stage.name, record, sources: sources)
    }
    return RunReport(
      name: run.name, hash: run.hash, executions: executions, origin: origin, stages: stages)
  }

  /// The report of a pipeline of which only some stages may have a result.
  package func report(
    of pipeline: ResolvedPipeline, records: [String: Record]
  ) throws -> RunReport {
    let stages = try pipeline.stages.compactMap { stage -> StageReport? in
      guard let record = records[stage.name] else { return nil }
      let sources = stage.inputs.map { input, reference -> (String, String, String?) in
        guard case .output(let from, _, _) = reference else {
          return (input, reference.description, nil)
        }
        return (input, reference.description, from)
      }
      return try report(stage.name, record, sources: sources)
    }
    return RunReport(name: pipeline.name, hash: nil, executions: [], origin: nil, stages: stages)
  }

  /// What the inputs of stages were called in the file, where they come from outside.
  private static func paths(in resolved: Value?) -> [String: [String: String]] {
    var paths: [String: [String: String]] = [:]
    for stage in resolved?["stages"]?.list ?? [] {
      guard let name = stage["name"]?.string else { continue }
      paths[name] = (stage["inputs"]?.map ?? [:]).compactMapValues(\.string)
    }
    return paths
  }

  private func report(
    _ name: String, _ record: Record, sources: [(input: String, text: String, stage: String?)]
  ) throws -> StageReport {
    let preimage = try store.preimage(record.preimage)
    let document = preimage.value
    let digests = (document["inputs"]?.map ?? [:]).compactMapValues { $0["xxh3"]?.string }
    let inputs = sources.sorted { $0.input < $1.input }.map { source in
      StageReport.Input(
        name: source.input, source: source.text, stage: source.stage,
        digest: digests[source.input] ?? "")
    }
    let outputs = try record.outputs.sorted { $0.key < $1.key }.map { output, content in
      StageReport.Output(
        name: output, content: content,
        sizeInBytes: record.isEvicted ? content.size : try store.sizeInBytes(of: content.digest))
    }
    var report = StageReport(
      name: name, kind: preimage.kind ?? "", record: record, config: preimage.config ?? [:],
      seed: preimage.seed, inputs: inputs, outputs: outputs)
    if record.isEvicted {
      report.gaps.append("its outputs were evicted: 'repro run' makes them again")
    } else {
      open(&report)
    }
    return report
  }

  // MARK: What is in the outputs

  private func open(_ report: inout StageReport) {
    let truth =
      metricsOnly
      ? nil
      : digest(of: "truth", report).flatMap { array($0, &report, "truth") }.flatMap { Matrix($0) }
    for output in report.outputs where isOpened(output) {
      guard let bytes = bytes(output.content.digest, output.name, &report) else { continue }
      if bytes.first == UInt8(ascii: "{") {
        // One row alone may be anything that has an epoch, such as the choice of one.
        if report.metrics == nil, let rows = try? JSONLines.read(bytes, path: output.name),
          rows.count > 1 || output.name == "metrics"
        {
          report.metrics = Metrics(rows: rows)
        }
      } else if let array = try? NPY.read(bytes, path: output.name), let matrix = Matrix(array) {
        let isConfusion = output.name == "confusion"
        let fits = truth?.size == matrix.size && !isConfusion
        report.matrices.append(
          .init(
            name: output.name, matrix: matrix, truth: fits ? truth : nil, isConfusion: isConfusion))
      }
    }
    if !metricsOnly, !report.matrices.contains(where: \.isConfusion),
      let confusion = confusion(&report)
    {
      report.matrices.append(.init(name: "confusion", matrix: confusion, isConfusion: true))
    }
  }

  private func isOpened(_ output: StageReport.Output) -> Bool {
    output.content.kind == .file && (1...Self.mostBytes).contains(output.content.size)
      && (metricsOnly ? output.name == "metrics" : output.name != "trace")
  }

  /// From the predictions of the test part, and the labels of the data set that was read.
  private func confusion(_ report: inout StageReport) -> Matrix? {
    guard report.config == .string("test") || report.config["part"] == .string("test"),
      let predictions = report.outputs.first(where: { $0.name == "predictions" }),
      let dataset = digest(of: "dataset", report), let tree = try? store.tree(of: dataset),
      let labels = tree["test-labels.npy"],
      let found = array(predictions.content.digest, &report, "predictions")?.integers,
      let given = array(labels.digest, &report, "test-labels.npy")?.integers
    else { return nil }
    return .confusion(labels: given, predictions: found)
  }

  private func digest(of input: String, _ report: StageReport) -> Digest? {
    report.inputs.first { $0.name == input }.flatMap { try? Digest(parsing: $0.digest) }
  }

  private func array(
    _ digest: Digest, _ report: inout StageReport, _ name: String
  ) -> NumericArray? {
    bytes(digest, name, &report).flatMap { try? NPY.read($0, path: name) }
  }

  private func bytes(_ digest: Digest, _ name: String, _ report: inout StageReport) -> [UInt8]? {
    do {
      return try store.bytes(of: digest)
    } catch {
      report.gaps.append("'\(name)' (\(digest.description.prefix(12))) is missing or damaged")
      return nil
    }
  }
}
