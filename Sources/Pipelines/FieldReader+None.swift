import Documents

extension FieldReader {
  /// A number with a default, or `none`, which resolves to `null`.
  ///
  /// Unlike `optionalFloat`, leaving the field out means the default, not none.
  public mutating func floatOrNone(
    _ name: String, default defaultValue: Double, in range: ClosedRange<Double> = .finite,
    _ about: String
  ) -> Double? {
    describe(
      FieldDescription(
        name, "number or none", default: .float(defaultValue), range: range.words, about))
    var result: Double? = defaultValue
    if let node = take(name) {
      if node.isNull || node.text == "none" {
        result = nil
      } else {
        result =
          decoded(name, node, "number or none", range.words, { $0.float(in: range) }) ?? result
      }
    }
    record(name, result.map(Value.float) ?? .null)
    return result
  }
}
