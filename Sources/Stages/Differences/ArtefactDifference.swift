import Learning
public import Pipelines

/// Says how two versions of an output differ, as closely as their format allows.
public enum ArtefactDifference {
  /// Text of more bytes is not opened: as values it would take many times as much.
  static let mostTextBytes = 64 << 20

  /// `conv1.weight: 3 of 150 values differ, by up to 2 ULP (max abs 1.2e-07)`, the first array, field,
  /// cell or member that differs named; else the first byte. The two versions are called by the `names`.
  ///
  /// With a `tolerance` it is the first that differs by more than that.
  public static func describe(
    _ old: [UInt8], _ new: [UInt8], as names: (String, String) = ("recorded", "made"),
    of output: String = "", beyond tolerance: Tolerance? = nil
  ) -> String {
    let versions = Versions(
      old: old, new: new, names: names, tolerance: tolerance, output: output)
    if let text = TrainingTrace.parting(versions) ?? FileDifference.open(versions)?.text {
      return text
    }
    let bytes = bytes(of: versions)
    return tolerance == nil ? bytes : "\(bytes); of no format whose numbers can be read"
  }

  /// Whether what is told of the output leads to the rest: where two trainings parted.
  public static func comesFirst(_ output: String) -> Bool { output == TrainingTrace.output }

  /// The largest difference between the numbers of two versions, if none differs by more than the
  /// tolerance and all else is the same; `nil` otherwise, and of a format that cannot be opened.
  public static func largest(
    _ recorded: [UInt8], _ made: [UInt8], within tolerance: Tolerance
  ) -> Double? {
    FileDifference.open(
      Versions(old: recorded, new: made, names: ("", ""), tolerance: tolerance))?.nearness
  }

  /// The sizes, and the first byte that differs.
  static func bytes(of it: Versions) -> String {
    let place = zip(it.old, it.new).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let sizes = it.sayBoth("\(it.old.count) bytes", "\(it.new.count)")
    return "\(sizes), the first difference at byte \(place ?? min(it.old.count, it.new.count))"
  }
}
