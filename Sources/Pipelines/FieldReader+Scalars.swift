import Documents

/// What came of decoding one value.
enum Decoded<T> {
  case value(T)
  case wrongType
  case outOfRange
  case unfit(String)
}

extension FieldReader {
  /// A whole number. Without a default the field is required.
  public mutating func int(
    _ name: String, default defaultValue: Int? = nil,
    in range: ClosedRange<Int> = Int.min...Int.max,
    _ about: String
  ) -> Int {
    checkDefault(name, defaultValue, range)
    return scalar(
      name, type: "whole number", default: defaultValue, standIn: range.nearest(to: 0),
      range: range.words, about, encode: { .int(Int64($0)) }, decode: { $0.int(in: range) })
  }

  /// A number; whole ones are taken too.
  public mutating func float(
    _ name: String, default defaultValue: Double? = nil, in range: ClosedRange<Double> = .finite,
    _ about: String
  ) -> Double {
    checkDefault(name, defaultValue, range)
    return scalar(
      name, type: "number", default: defaultValue, standIn: range.nearest(to: 0),
      range: range.words, about, encode: { .float($0) }, decode: { $0.float(in: range) })
  }

  /// A whole number, or none where the field is absent or `null`.
  public mutating func optionalInt(
    _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, _ about: String
  ) -> Int? {
    optional(
      name, type: "whole number", range: range.words, about, encode: { .int(Int64($0)) },
      decode: { $0.int(in: range) })
  }

  /// A number, or none where the field is absent or `null`.
  public mutating func optionalFloat(
    _ name: String, in range: ClosedRange<Double> = .finite, _ about: String
  ) -> Double? {
    optional(
      name, type: "number", range: range.words, about, encode: { .float($0) },
      decode: { $0.float(in: range) })
  }

  public mutating func bool(
    _ name: String, default defaultValue: Bool? = nil, _ about: String
  ) -> Bool {
    scalar(
      name, type: "true or false", default: defaultValue, standIn: false, range: nil, about,
      encode: { .bool($0) }, decode: { $0.bool() })
  }

  /// Text.
  ///
  /// `inKey` tells whether the field belongs to the stage's key; `check` returns what is wrong with
  /// the text, to be read behind the field's name: `must be 64 hex digits`.
  public mutating func string(
    _ name: String, default defaultValue: String? = nil, _ about: String, inKey: Bool = true,
    check: ((String) -> String?)? = nil
  ) -> String {
    scalar(
      name, type: "text", default: defaultValue, standIn: "", range: nil, about, inKey: inKey,
      encode: { .string($0) },
      decode: { node in
        guard let text = node.text else { return .wrongType }
        return check?(text).map { .unfit($0) } ?? .value(text)
      })
  }

  /// One of the raw values of `E`.
  public mutating func choice<E>(
    _ name: String, default defaultValue: E? = nil, _ about: String
  ) -> E where E: RawRepresentable & CaseIterable, E.RawValue == String {
    guard let first = E.allCases.first else { fatalError("\(name): \(E.self) has no cases") }
    let names = E.allCases.map(\.rawValue)
    let type = "one of \(listed(names))"
    let owner = owner
    let field = full(name)
    return scalar(
      name, type: type, default: defaultValue, standIn: first, range: nil, about,
      encode: { .string($0.rawValue) },
      decode: { node in
        node.text.map { E(rawValue: $0).map { .value($0) } ?? .outOfRange } ?? .wrongType
      },
      outOfRange: { .unknownChoice($0.text ?? "", field: field, owner, allowed: names) })
  }
}

// MARK: - How one value is read

extension FieldReader {
  private mutating func scalar<T>(
    _ name: String, type: String, default defaultValue: T?, standIn: T, range: String?,
    _ about: String, inKey: Bool = true, encode: (T) -> Value, decode: (Node) -> Decoded<T>,
    outOfRange: ((Node) -> PipelineError.Problem)? = nil
  ) -> T {
    describe(
      FieldDescription(
        name, type, default: defaultValue.map(encode), range: range, about, inKey: inKey))
    var result = defaultValue ?? standIn
    if let node = take(name) {
      result = decoded(name, node, type, range, decode, outOfRange) ?? result
    } else if defaultValue == nil {
      reportMissing(name, type: type, about)
    }
    record(name, encode(result), inKey: inKey)
    return result
  }

  private mutating func optional<T>(
    _ name: String, type: String, range: String?, _ about: String, encode: (T) -> Value,
    decode: (Node) -> Decoded<T>
  ) -> T? {
    describe(FieldDescription(name, type, default: .null, range: range, about))
    var result: T?
    if let node = take(name), !node.isNull {
      result = decoded(name, node, type, range, decode)
    }
    record(name, result.map(encode) ?? .null)
    return result
  }

  /// The value of `node`, or `nil` after noting what is wrong with it.
  mutating func decoded<T>(
    _ name: String, _ node: Node, _ type: String, _ range: String?, _ decode: (Node) -> Decoded<T>,
    _ outOfRange: ((Node) -> PipelineError.Problem)? = nil
  ) -> T? {
    if node.isInvalid {
      acceptInvalid()
      return nil
    }
    let field = full(name)
    switch decode(node) {
    case .value(let value): return value
    case .wrongType:
      report(.wrongType(field: field, owner, expected: type, found: node.found), at: node.place)
    case .outOfRange:
      let problem = PipelineError.Problem.outOfRange(
        field: field, owner, range: range ?? type, found: node.found)
      report(outOfRange?(node) ?? problem, at: node.place)
    case .unfit(let complaint): report(.unfit(field: field, owner, complaint), at: node.place)
    }
    return nil
  }

  private func checkDefault<T>(_ name: String, _ value: T?, _ range: ClosedRange<T>) {
    if let value, !range.contains(value) {
      fatalError("\(name): the default \(value) is outside \(range)")
    }
  }
}

// MARK: - Single values

extension Node {
  var isNull: Bool { if case .scalar(.null) = content { true } else { false } }

  func int(in range: ClosedRange<Int>) -> Decoded<Int> {
    guard case .scalar(.int(let long)) = content else { return .wrongType }
    guard let int = Int(exactly: long), range.contains(int) else { return .outOfRange }
    return .value(int)
  }

  func float(in range: ClosedRange<Double>) -> Decoded<Double> {
    let number: Double
    switch content {
    case .scalar(.int(let int)): number = Double(int)
    case .scalar(.float(let float)): number = float
    default: return .wrongType
    }
    return range.contains(number) ? .value(number) : .outOfRange
  }

  func bool() -> Decoded<Bool> {
    if case .scalar(.bool(let bool)) = content { .value(bool) } else { .wrongType }
  }
}

extension ClosedRange<Double> {
  /// Every number that is not infinite.
  public static var finite: ClosedRange<Double> {
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }
}

extension ClosedRange {
  func nearest(to value: Bound) -> Bound { Swift.min(Swift.max(value, lowerBound), upperBound) }
}

extension ClosedRange<Int> {
  /// The range in words; `nil` for all numbers.
  var words: String? {
    switch (lowerBound == Int.min, upperBound == Int.max) {
    case (true, true): nil
    case (false, true): "\(lowerBound) or more"
    case (true, false): "\(upperBound) or less"
    case (false, false): "from \(lowerBound) to \(upperBound)"
    }
  }
}

extension ClosedRange<Double> {
  /// The range in words, whole bounds without a fraction; `nil` for all numbers.
  var words: String? {
    let all = Self.finite
    return switch (lowerBound <= all.lowerBound, upperBound >= all.upperBound) {
    case (true, true): nil
    case (false, true):
      lowerBound == .leastNonzeroMagnitude ? "greater than 0" : "\(short(lowerBound)) or more"
    case (true, false): "\(short(upperBound)) or less"
    case (false, false): betweenWords
    }
  }

  private var betweenWords: String {
    let low = lowerBound == .leastNonzeroMagnitude ? "greater than 0" : "from \(short(lowerBound))"
    let high = upperBound == 1.0.nextDown ? "less than 1" : "\(short(upperBound))"
    return switch (lowerBound == .leastNonzeroMagnitude, upperBound == 1.0.nextDown) {
    case (false, false): "\(low) to \(high)"
    case (false, true): "\(short(lowerBound)) or more and \(high)"
    case (true, true): "\(low) and \(high)"
    case (true, false): "\(low) and at most \(high)"
    }
  }
}

private func short(_ number: Double) -> String {
  Int(exactly: number).map { "\($0)" } ?? "\(number)"
}
