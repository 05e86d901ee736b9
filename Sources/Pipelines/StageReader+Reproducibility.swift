import Documents

extension StageReader {
  /// How nearly the command has to come out the same.
  mutating func readReproducibility() -> Reproducibility {
    guard let node = entry("reproducible")?.node, !node.isNull, !node.isInvalid else {
      return .bitwise
    }
    switch node.text {
    case "bitwise": return .bitwise
    case "none": return .waived
    default: break
    }
    guard let members = node.entries else {
      reportWrong(
        "'reproducible' of \(owner)", "bitwise, none, or a map like { numeric: { atol: 1e-6 } }",
        node)
      return .bitwise
    }
    let others = members.filter { $0.key != "numeric" }
    for entry in others {
      report(
        .unknownPart(entry.key, "'reproducible' of \(owner)", allowed: ["numeric"]),
        at: entry.place)
    }
    guard let numeric = node["numeric"] else {
      if others.isEmpty {
        report(.missingPart("numeric", "'reproducible' of \(owner)"), at: node.place)
      }
      return .bitwise
    }
    return readTolerance(numeric).map(Reproducibility.numeric) ?? .bitwise
  }

  /// `{ atol: NUMBER, rtol: NUMBER }`, one of which may be missing.
  private mutating func readTolerance(_ node: Node) -> Tolerance? {
    let what = "'reproducible.numeric' of \(owner)"
    guard let members = node.entries, !members.isEmpty else {
      reportWrong(what, "a map like { atol: 1e-6, rtol: 1e-5 }", node)
      return nil
    }
    var numbers: [String: Double] = [:]
    for entry in members {
      guard Reproducibility.toleranceKeys.contains(entry.key) else {
        report(
          .unknownPart(entry.key, what, allowed: Reproducibility.toleranceKeys), at: entry.place)
        continue
      }
      let value = entry.node.value
      guard let number = value.float ?? value.int.map(Double.init), number.isFinite, number >= 0
      else {
        reportWrong(
          "'reproducible.numeric.\(entry.key)' of \(owner)", "a finite number, 0 or more",
          entry.node)
        continue
      }
      numbers[entry.key] = number
    }
    return Tolerance(absolute: numbers["atol"] ?? 0, relative: numbers["rtol"] ?? 0)
  }

  /// A stage of a kind may not say how nearly it comes out the same.
  mutating func refuseReproducibility() {
    guard let entry = entry("reproducible") else { return }
    report(
      .unfit(
        field: "reproducible", owner,
        "is for stages that run a command: those of a kind come out the same to the last bit"),
      at: entry.place)
  }
}
