import Synchronization

/// Memory of large buffers, kept for the next one of its size.
///
/// A training step asks for the same sizes again and again; fresh memory from the system would cost a
/// page fault for every 4 KiB of every activation.
enum BufferPool {
  /// Smaller requests go to `malloc`, which is fast for them.
  private static let smallestInBytes = 16 << 10
  /// Larger ones hold whole data sets, which no later request matches.
  private static let largestInBytes = 64 << 20
  private static let largestTotalInBytes = 512 << 20

  private struct Shelves {
    var addresses: [Int: [UInt]] = [:]
    var totalInBytes = 0
  }

  private static let shelves = Mutex(Shelves())

  static func take(count: Int) -> UnsafeMutablePointer<Float> {
    let size = sizeClass(of: count)
    if smallestInBytes...largestInBytes ~= size {
      let kept = shelves.withLock { shelves in
        let address = shelves.addresses[size]?.popLast()
        if address != nil { shelves.totalInBytes -= size }
        return address
      }
      if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept) {
        return pointer.assumingMemoryBound(to: Float.self)
      }
    }
    return UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      .bindMemory(to: Float.self, capacity: size / 4)
  }

  static func giveBack(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
    let size = sizeClass(of: count)
    if smallestInBytes...largestInBytes ~= size {
      let address = UInt(bitPattern: pointer)
      let isKept = shelves.withLock { shelves in
        guard shelves.totalInBytes + size <= largestTotalInBytes else { return false }
        shelves.totalInBytes += size
        shelves.addresses[size, default: []].append(address)
        return true
      }
      if isKept { return }
    }
    UnsafeMutableRawPointer(pointer).deallocate()
  }

  /// Bytes reserved for `count` floats: multiples of 64, coarser above the smallest kept size so that
  /// the last, shorter batch of an epoch finds the memory of the others.
  static func sizeClass(of count: Int) -> Int {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let step = bytes < smallestInBytes ? 64 : 1 << (Int.bitWidth - bytes.leadingZeroBitCount - 3)
    return (bytes + step - 1) / step * step
  }
}
