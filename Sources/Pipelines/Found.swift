public import Documents

/// What stands where something else was expected.
public enum Found: Hashable, Sendable {
  /// `null`, a truth value, a number or text.
  case scalar(Value)
  case list
  case map(keys: Int)
}

extension Found: CustomStringConvertible {
  /// `0`, `true`, `the text 'abc'`, `empty`, `a list`.
  public var description: String {
    switch self {
    case .scalar(.null): "empty"
    case .scalar(.bool(let it)): "\(it)"
    case .scalar(.int(let it)): "\(it)"
    case .scalar(.float(let it)): "\(it)"
    case .scalar(.string(let it)): "the text \(quoted(it))"
    case .scalar(.list), .list: "a list"
    case .scalar(.map), .map(keys: _): "a map"
    }
  }
}

extension Node {
  var found: Found {
    switch content {
    case .scalar(let value): .scalar(value)
    case .list: .list
    case .map(let entries): .map(keys: entries.count)
    case .invalid: .scalar(.null)
    }
  }
}
