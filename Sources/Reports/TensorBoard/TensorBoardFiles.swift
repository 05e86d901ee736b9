import Store

/// The curves of a run as files for TensorBoard: for each stage with metrics a folder, which it shows as a run.
package struct TensorBoardFiles: Sendable {
  package struct File: Hashable, Sendable {
    /// Below the folder of logs: `STAGE/events.out.tfevents.…`.
    package let path: String
    package let bytes: [UInt8]
    package let scalars: Int
  }

  package let files: [File]

  /// One step an epoch, a tag a column. Times are those at which the record says that its stage was
  /// finished, so that the same records give the same bytes.
  package init(_ report: RunReport) {
    files = report.stages.compactMap { stage in
      guard let metrics = stage.metrics else { return nil }
      let (end, length) = (stage.record.madeAt, stage.record.seconds)
      let count = max(metrics.epochs.count, 1)
      var file = EventFile(time: max(end - length, 0))
      var scalars = 0
      for (index, epoch) in metrics.epochs.enumerated() {
        let row = metrics.columns.compactMap { column in
          column.values[index].map { (tag: column.name, value: $0) }
        }
        let share = Double(index + 1) / Double(count)
        file.add(row, step: epoch, time: max(end - length * (1 - share), 0))
        scalars += row.count
      }
      let second = NumberText.decimals(end.rounded(.down), 0)
      let name = "events.out.tfevents.\(second).repro"
      return File(path: "\(stage.name)/\(name)", bytes: file.bytes, scalars: scalars)
    }
  }
}
