/// Float memory of fixed size, 64-byte aligned. Not cleared when made.
///
/// Every tensor's values lie in one; tensors may share one (reshaping, detaching).
final class Buffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    pointer = BufferPool.take(count: count)
  }

  deinit { BufferPool.giveBack(pointer, count: count) }

  var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}

extension Buffer {
  static var empty: Buffer { Buffer(count: 0) }

  convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    pointer.update(repeating: value, count: count)
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: count) }
    }
  }
}
