public import Documents

/// How a stage is to be executed. None of it is part of the stage's key.
public struct StageLimits: Hashable, Sendable {
  /// How many threads the stage uses; `nil` for a fair share of them all.
  public var threads: Int?
  /// How many bytes of memory the stage may need at once, which it is not started without.
  public var memory: Int?
  /// Seconds after which the stage is ended and has failed.
  public var timeout: Double?
  /// How often the stage is tried again after it failed.
  public var retries: Int

  public init(
    threads: Int? = nil, memory: Int? = nil, timeout: Double? = nil, retries: Int = 0
  ) {
    self.threads = threads
    self.memory = memory
    self.timeout = timeout
    self.retries = retries
  }

  /// The parts of a stage that say it, as they may stand in a pipeline file.
  var parts: [String: Value] {
    var resources: [String: Value] = [:]
    if let threads { resources["threads"] = .int(Int64(threads)) }
    if let memory { resources["memory"] = .int(Int64(memory)) }
    var parts: [String: Value] = resources.isEmpty ? [:] : ["resources": .map(resources)]
    if let timeout { parts["timeout"] = .float(timeout) }
    if retries > 0 { parts["retries"] = .int(Int64(retries)) }
    return parts
  }
}

/// Seconds: a number, or text like `90s`, `30m`, `1h30m`, `2d`; `nil` for anything else.
public func seconds(in value: Value) -> Double? {
  switch value {
  case .int(let number): return bounded(Double(number))
  case .float(let number): return bounded(number)
  case .string(let text):
    let units: [UInt8: Double] = [
      UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600,
      UInt8(ascii: "d"): 86_400,
    ]
    var total = 0.0
    var digits: [UInt8] = []
    for byte in text.utf8 {
      if let unit = units[byte] {
        guard let number = plainNumber(digits) else { return nil }
        total += number * unit
        digits = []
      } else {
        digits.append(byte)
      }
    }
    return digits.isEmpty ? bounded(total) : nil
  default: return nil
  }
}

/// A time that a clock can count: more than none, less than thirty years.
private func bounded(_ seconds: Double) -> Double? { seconds > 0 && seconds < 1e9 ? seconds : nil }

/// Bytes: a whole number, or text like `500MB`, `1.5GiB`; `nil` for anything else.
public func byteCount(in value: Value) -> Int? {
  switch value {
  case .int(let number): return number > 0 ? Int(number) : nil
  case .string(let text):
    let units: [String: Double] = [
      "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024,
      "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
    ]
    let digits = Array(text.utf8.prefix { isDigitOrPoint($0) })
    let unit = String(
      decoding: text.utf8.dropFirst(digits.count).drop { $0 == 0x20 }, as: UTF8.self)
    guard let number = plainNumber(digits), let scale = units[unit] else { return nil }
    return number * scale >= 1 ? Int(exactly: (number * scale).rounded()) : nil
  default: return nil
  }
}

private func isDigitOrPoint(_ byte: UInt8) -> Bool {
  UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: ".")
}

private func plainNumber(_ digits: [UInt8]) -> Double? {
  guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(isDigitOrPoint) else { return nil }
  return Double(String(decoding: digits, as: UTF8.self))
}
