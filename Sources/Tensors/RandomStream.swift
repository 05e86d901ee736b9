import CKernels
import CXXHash

/// An endless sequence of random numbers, addressed by element: nothing depends on what was drawn before
/// or elsewhere.
///
/// The numbers are a function of the seed and the purpose's name alone (Philox4x32-10, key = seed, stream =
/// XXH3-64 of the name). A purpose that draws anew each epoch carries it in its name, `shuffle@3`; where
/// a draw belongs to a sample, the element is the sample's number.
public struct RandomStream: Sendable, Hashable {
  public let seed: UInt64
  /// The stream's number: the upper half of Philox's counter.
  public let id: UInt64

  public init(seed: UInt64, id: UInt64) {
    self.seed = seed
    self.id = id
  }

  /// The stream of a purpose such as `init/conv1.weight`; any text.
  public init(seed: UInt64, purpose: String) {
    var purpose = purpose
    let id = purpose.withUTF8 { cxx_xxh3_64($0.baseAddress, $0.count) }
    self.init(seed: seed, id: id)
  }

  /// The 32-bit words at `first..<first + count`.
  public func words(_ count: Int, from first: UInt64 = 0) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, used in
      if let base = buffer.baseAddress { ck_philox_words(base, seed, id, first, count) }
      used = count
    }
  }

  /// Uniform numbers in `[low, high)`, multiples of `(high - low) · 2⁻²⁴` but for rounding.
  public func uniform(
    _ count: Int, from first: UInt64 = 0, low: Float = 0, high: Float = 1
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, used in
      if let base = buffer.baseAddress { ck_uniform(base, seed, id, first, low, high, count) }
      used = count
    }
  }

  /// The uniform number in `[0, 1)` that belongs to one element.
  public func uniform(at element: UInt64) -> Float {
    var word: UInt32 = 0
    ck_philox_words(&word, seed, id, element, 1)
    return Float(word >> 8) * 0x1p-24
  }

  /// Standard normal numbers, within ±5.77.
  public func normal(_ count: Int, from first: UInt64 = 0) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, used in
      if let base = buffer.baseAddress { ck_normal(base, seed, id, first, count) }
      used = count
    }
  }

  /// A random order of `0..<count`: Fisher–Yates from the top, the swap partner of place `i` being
  /// `⌊r · (i + 1) / 2⁶⁴⌋` with `r` the first two words of block `i`.
  public func permutation(of count: Int) -> [Int32] {
    let words = words(4 * count)
    var order = (0..<Int32(count)).map { $0 }
    for i in stride(from: count - 1, to: 0, by: -1) {
      let r = UInt64(words[4 * i]) | UInt64(words[4 * i + 1]) << 32
      order.swapAt(i, Int(r.multipliedFullWidth(by: UInt64(i + 1)).high))
    }
    return order
  }
}
