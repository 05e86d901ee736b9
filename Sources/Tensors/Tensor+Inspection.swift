import CKernels
import CXXHash

extension Tensor {
  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { ck_all_finite(buffer.pointer, count) != 0 }

  /// The column of the largest element of each row, the first of equals: `[rows, columns]` → `rows` indices.
  public func argmaxOfRows() -> [Int32] {
    guard shape.count == 2, shape[1] > 0 else { fatalError("argmaxOfRows: the shape is \(shape)") }
    return (0..<shape[0]).map { row in
      let x = buffer.pointer + row * shape[1]
      var best = 0
      for column in 1..<max(shape[1], 1) where x[column] > x[best] { best = column }
      return Int32(best)
    }
  }

  /// 32 hex digits that stand for the bits of all elements of `tensors` (XXH3-128 of the little-endian
  /// bytes, every NaN as 7fc00000).
  public static func fingerprint(of tensors: [Tensor]) -> String {
    guard let state = cxx_state_create() else { fatalError("fingerprint: out of memory") }
    defer { cxx_state_free(state) }
    for tensor in tensors {
      if tensor.isFinite {
        cxx_state_update(state, tensor.buffer.pointer, tensor.count * MemoryLayout<Float>.stride)
      } else {
        let bits = tensor.buffer.values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern }
        cxx_state_update(state, bits, bits.count * MemoryLayout<UInt32>.stride)
      }
    }
    let digest = cxx_state_digest128(state)
    return [digest.high, digest.low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
