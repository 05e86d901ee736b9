package import Documents

/// The metrics of one stage, an epoch a row: what a JSON-lines output with the column `epoch` holds.
package struct Metrics: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package let name: String
    /// One for each epoch; `nil` where the row has no number.
    package let values: [Double?]

    package init(name: String, values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  package let epochs: [Int]
  /// In the order of their names.
  package let columns: [Column]

  package init(epochs: [Int], columns: [Column]) {
    self.epochs = epochs
    self.columns = columns
  }

  /// `nil` for rows without epochs, and for rows without numbers.
  package init?(rows: [Value]) {
    let rows = rows.compactMap { row in row["epoch"]?.int.map { (Int(clamping: $0), row) } }
      .sorted { $0.0 < $1.0 }
    var names: Set<String> = []
    for (_, row) in rows {
      for (name, value) in row.map ?? [:] where name != "epoch" && value.number != nil {
        names.insert(name)
      }
    }
    guard !names.isEmpty else { return nil }
    epochs = rows.map(\.0)
    columns = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
      Column(name: name, values: rows.map { $0.1[name]?.number })
    }
  }

  package subscript(name: String) -> Column? { columns.first { $0.name == name } }
}

extension Metrics.Column {
  /// What is measured, so that columns of one kind share an axis: `accuracy` of `noisy/true-accuracy`.
  package var quantity: String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    if last.hasPrefix("top-") || last.hasSuffix("accuracy") { return "accuracy" }
    for quantity in ["loss", "error"] where last.hasSuffix(quantity) { return quantity }
    return last
  }

  /// What it is measured on: `test` of `average/test/accuracy`.
  package var subject: String {
    let parts = name.split(separator: "/")
    return parts.count > 1 ? String(parts[parts.count - 2]) : ""
  }

  /// Whether a larger value is better.
  package var growsBetter: Bool { quantity != "loss" && quantity != "error" }

  /// The best value and its place, the first of equals; `nil` where there is no number.
  package var best: (place: Int, value: Double)? {
    var best: (place: Int, value: Double)?
    for (place, value) in values.enumerated() {
      guard let value, value.isFinite else { continue }
      if best.map({ growsBetter ? value > $0.value : value < $0.value }) ?? true {
        best = (place, value)
      }
    }
    return best
  }
}
