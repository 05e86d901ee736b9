#if _endian(big)
#error("the readers here copy little-endian numbers as they lie")
#endif

/// Numbers of one type in a row-major array: what an .npy file or one tensor of a checkpoint holds.
///
/// There are always as many values as `shape` says.
public struct NumericArray: Hashable, Sendable {
  public let shape: [Int]
  public let values: Values

  public enum Values: Hashable, Sendable {
    case float16([Float16])
    case float32([Float])
    case float64([Double])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])
    case uint16([UInt16])
    case bool([Bool])
  }

  public enum ElementType: String, CaseIterable, Sendable {
    case float16, float32, float64, int32, int64, uint8, uint16, bool
  }

  public init(shape: [Int], _ values: Values) {
    guard Self.count(of: shape) == values.count else {
      fatalError("array: \(values.count) values for shape \(shape)")
    }
    self.shape = shape
    self.values = values
  }

  public var type: ElementType { values.type }
  public var count: Int { values.count }

  /// How many elements a shape holds, or `nil` if a size is negative or the product overflows.
  static func count(of shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflows else { return nil }
      count = product
    }
    return count
  }
}

extension NumericArray {
  public static func floats(_ values: [Float], shape: [Int]? = nil) -> NumericArray {
    NumericArray(shape: shape ?? [values.count], .float32(values))
  }

  public static func doubles(_ values: [Double], shape: [Int]? = nil) -> NumericArray {
    NumericArray(shape: shape ?? [values.count], .float64(values))
  }

  public static func integers(_ values: [Int32], shape: [Int]? = nil) -> NumericArray {
    NumericArray(shape: shape ?? [values.count], .int32(values))
  }

  public static func bytes(_ values: [UInt8], shape: [Int]? = nil) -> NumericArray {
    NumericArray(shape: shape ?? [values.count], .uint8(values))
  }

  public static func flags(_ values: [Bool], shape: [Int]? = nil) -> NumericArray {
    NumericArray(shape: shape ?? [values.count], .bool(values))
  }

  /// The values as binary32: rounded from float64 and the wider integers, 0 and 1 for `bool`.
  public var floats: [Float] {
    switch values {
    case .float16(let it): it.map { Float($0) }
    case .float32(let it): it
    case .float64(let it): it.map { Float($0) }
    case .int32(let it): it.map { Float($0) }
    case .int64(let it): it.map { Float($0) }
    case .uint8(let it): it.map { Float($0) }
    case .uint16(let it): it.map { Float($0) }
    case .bool(let it): it.map { $0 ? 1 : 0 }
    }
  }

  /// The values as binary64: exact but for `int64` beyond 2^53.
  public var doubles: [Double] {
    switch values {
    case .float16(let it): it.map { Double($0) }
    case .float32(let it): it.map { Double($0) }
    case .float64(let it): it
    case .int32(let it): it.map { Double($0) }
    case .int64(let it): it.map { Double($0) }
    case .uint8(let it): it.map { Double($0) }
    case .uint16(let it): it.map { Double($0) }
    case .bool(let it): it.map { $0 ? 1 : 0 }
    }
  }

  /// The values as integers, or `nil` if the type is a floating-point one.
  public var integers: [Int]? {
    switch values {
    case .float16, .float32, .float64: nil
    case .int32(let it): it.map { Int($0) }
    case .int64(let it): it.map { Int($0) }
    case .uint8(let it): it.map { Int($0) }
    case .uint16(let it): it.map { Int($0) }
    case .bool(let it): it.map { $0 ? 1 : 0 }
    }
  }
}

extension NumericArray.ElementType {
  public var sizeInBytes: Int {
    switch self {
    case .bool, .uint8: 1
    case .float16, .uint16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }
}

extension NumericArray.Values {
  public var type: NumericArray.ElementType {
    switch self {
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .bool: .bool
    }
  }

  public var count: Int {
    switch self {
    case .float16(let it): it.count
    case .float32(let it): it.count
    case .float64(let it): it.count
    case .int32(let it): it.count
    case .int64(let it): it.count
    case .uint8(let it): it.count
    case .uint16(let it): it.count
    case .bool(let it): it.count
    }
  }
}
