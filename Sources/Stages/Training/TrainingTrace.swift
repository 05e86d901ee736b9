import Documents
import Learning

/// Reads the traces that training stages leave: where two of them parted.
enum TrainingTrace {
  /// The output that holds it.
  static let output = "trace"

  /// `first parted at epoch 3: conv1.weight`; `nil` if these are no traces, or no epoch differs.
  static func parting(_ versions: Versions) -> String? {
    guard let old = epochs(versions.old), let new = epochs(versions.new) else { return nil }
    for (old, new) in zip(old, new) where old != new {
      guard old.number == new.number else { return nil }
      let names = Set(old.parameters.keys).union(new.parameters.keys).sorted()
      let parted = names.filter { old.parameters[$0] != new.parameters[$0] }
      guard let first = parted.first else { return nil }
      let others =
        parted.count > 1 ? " and \(parted.count - 1) more of \(names.count) parameters" : ""
      return "first parted at epoch \(old.number): \(first)\(others)"
    }
    if old.count == new.count { return nil }
    let both = versions.sayBoth("\(old.count) epochs", "\(new.count)")
    return "\(both), the same as far as both go"
  }

  private struct Epoch: Equatable {
    let number: Int64
    let parameters: [String: String]
  }

  private static func epochs(_ bytes: [UInt8]) -> [Epoch]? {
    guard bytes.count <= ArtefactDifference.mostTextBytes,
      let rows = try? JSONLines.read(bytes, path: ""), !rows.isEmpty
    else { return nil }
    let epochs = rows.compactMap { row in
      row["epoch"]?.int.flatMap { number in
        row["parameters"]?.map.map {
          Epoch(number: number, parameters: $0.compactMapValues(\.string))
        }
      }
    }
    return epochs.count == rows.count ? epochs : nil
  }
}
