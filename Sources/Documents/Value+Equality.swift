/// Two values are equal when their canonical bytes are: `-0.0` is not `0.0`, every NaN is the same
/// NaN, and texts are compared byte by byte, where `String` would take two ways of writing an accent
/// for one.
extension Value {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): identity(of: left) == identity(of: right)
    case (.string(let left), .string(let right)): areSame(left, right)
    case (.list(let left), .list(let right)): left == right
    case (.map(let left), .map(let right)): areSame(left, right)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let it): hasher.combine(it)
    case .int(let it): hasher.combine(it)
    case .float(let it): hasher.combine(Self.identity(of: it))
    case .string(let it): hasher.combine(it)
    case .list(let it): hasher.combine(it)
    case .map(let it): hasher.combine(it)
    }
  }

  private static func identity(of number: Double) -> UInt64 {
    number.isNaN ? Double.nan.bitPattern : number.bitPattern
  }

  private static func areSame(_ left: String, _ right: String) -> Bool {
    left == right && left.utf8.elementsEqual(right.utf8)
  }

  private static func areSame(_ left: [String: Value], _ right: [String: Value]) -> Bool {
    guard left.count == right.count else { return false }
    return left.allSatisfy { key, value in
      guard let index = right.index(forKey: key) else { return false }
      let other = right[index]
      return areSame(key, other.key) && value == other.value
    }
  }
}
