/// A document's value: what configs, preimages, trees and records are made of.
///
/// Integers and floats are different values (`1` is not `1.0`), and so are a missing key and `null`.
public indirect enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case string(String)
  case list([Value])
  case map([String: Value])
}

extension Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: Value...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, Value)...) {
    self = .map(Dictionary(uniqueKeysWithValues: elements))
  }
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .float(value) }
}

extension Value {
  /// The member of a map, or `nil` when this is no map or has no such key.
  public subscript(key: String) -> Value? {
    if case .map(let members) = self { members[key] } else { nil }
  }

  public var string: String? { if case .string(let it) = self { it } else { nil } }
  public var int: Int64? { if case .int(let it) = self { it } else { nil } }
  public var float: Double? { if case .float(let it) = self { it } else { nil } }
  public var bool: Bool? { if case .bool(let it) = self { it } else { nil } }
  public var list: [Value]? { if case .list(let it) = self { it } else { nil } }
  public var map: [String: Value]? { if case .map(let it) = self { it } else { nil } }
}
