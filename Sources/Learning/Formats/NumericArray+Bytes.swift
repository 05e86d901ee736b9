extension NumericArray.Values {
  enum ByteOrder {
    case little, big
  }

  /// Reads `bytes`, which hold a whole number of elements.
  init(_ type: NumericArray.ElementType, bytes: ArraySlice<UInt8>, order: ByteOrder = .little) {
    self =
      bytes.withUnsafeBytes { raw in
        switch (type, order) {
        case (.float16, .little): .float16(copied(raw))
        case (.float16, .big):
          .float16(copied(raw).map { (bits: UInt16) in Float16(bitPattern: bits.byteSwapped) })
        case (.float32, .little): .float32(copied(raw))
        case (.float32, .big):
          .float32(copied(raw).map { (bits: UInt32) in Float(bitPattern: bits.byteSwapped) })
        case (.float64, .little): .float64(copied(raw))
        case (.float64, .big):
          .float64(copied(raw).map { (bits: UInt64) in Double(bitPattern: bits.byteSwapped) })
        case (.int32, _): .int32(integers(raw, order))
        case (.int64, _): .int64(integers(raw, order))
        case (.uint16, _): .uint16(integers(raw, order))
        case (.uint8, _): .uint8(copied(raw))
        // Any other bit pattern is no `Bool`, so these are never copied as they lie.
        case (.bool, _): .bool(raw.map { $0 != 0 })
        }
      }
  }

  /// Appends the elements, little-endian.
  func append(to bytes: inout [UInt8]) {
    switch self {
    case .float16(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .float32(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .float64(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .int32(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .int64(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .uint16(let it): it.withUnsafeBytes { bytes.append(contentsOf: $0) }
    case .uint8(let it): bytes.append(contentsOf: it)
    case .bool(let it): bytes.append(contentsOf: it.lazy.map { $0 ? 1 : 0 })
    }
  }
}

private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
  _ raw: UnsafeRawBufferPointer, _ order: NumericArray.Values.ByteOrder
) -> [Element] {
  let values: [Element] = copied(raw)
  return order == .little ? values : values.map(\.byteSwapped)
}

/// The elements that lie in `raw`, which need not be aligned.
private func copied<Element: BitwiseCopyable>(_ raw: UnsafeRawBufferPointer) -> [Element] {
  let count = raw.count / MemoryLayout<Element>.stride
  return [Element](unsafeUninitializedCapacity: count) { room, filled in
    UnsafeMutableRawBufferPointer(room).copyBytes(
      from: raw.prefix(count * MemoryLayout<Element>.stride))
    filled = count
  }
}
