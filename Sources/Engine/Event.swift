import Documents

/// What a running stage says, one JSON line each.
enum Event: Sendable {
  case progress(Progress)
  case result(String, Value, isHeadline: Bool)
  case warning(String)
  /// The stage goes on from where an earlier attempt was, which took so many seconds.
  case resumed(after: String, seconds: Double)
  /// The stage failed: what is wrong, and what to do about it where that is known.
  case failure(String, fix: String?)
  /// The stage is done and every output written. Without this line a stage has not succeeded.
  case done
}

extension Event {
  /// The event as one line of canonical JSON, without the line's end.
  var line: [UInt8] {
    let value: Value =
      switch self {
      case .progress(let it):
        [
          "event": "progress", "step": .int(Int64(it.step)), "steps": .int(Int64(it.steps)),
          "step-name": .string(it.stepName), "done": .int(Int64(it.done)),
          "total": .int(Int64(it.total)), "unit": .string(it.unit),
        ]
      case .result(let name, let value, let isHeadline):
        [
          "event": "result", "name": .string(name), "value": value,
          "headline": .bool(isHeadline),
        ]
      case .warning(let text): ["event": "warning", "text": .string(text)]
      case .resumed(let place, let seconds):
        ["event": "resumed", "after": .string(place), "seconds": .float(seconds)]
      case .failure(let text, let fix):
        ["event": "failure", "text": .string(text), "fix": fix.map(Value.string) ?? .null]
      case .done: ["event": "done"]
      }
    return value.canonicalBytes
  }

  /// Reads a line; `nil` when it is no event (a stage may be anything, so nothing here traps).
  init?(line: [UInt8]) {
    guard let value = try? Value(canonical: line), let name = value["event"]?.string else {
      return nil
    }
    func count(_ key: String) -> Int { Int(clamping: value[key]?.int ?? 0) }
    switch name {
    case "progress":
      self = .progress(
        Progress(
          step: count("step"), of: count("steps"), value["step-name"]?.string ?? "step",
          done: count("done"), total: count("total"), unit: value["unit"]?.string ?? ""))
    case "result":
      guard let name = value["name"]?.string, let figure = value["value"] else { return nil }
      self = .result(name, figure, isHeadline: value["headline"]?.bool ?? false)
    case "warning": self = .warning(value["text"]?.string ?? "")
    case "resumed":
      self = .resumed(
        after: value["after"]?.string ?? "", seconds: value["seconds"]?.float ?? 0)
    case "failure": self = .failure(value["text"]?.string ?? "", fix: value["fix"]?.string)
    case "done": self = .done
    default: return nil
    }
  }
}
