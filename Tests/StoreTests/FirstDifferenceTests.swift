import Store
import Testing

/// Objects too large to be opened are compared piece by piece.
@Suite struct FirstDifferenceTests: ~Copyable {
  private let scratch = Scratch()

  @Test(
    arguments: [
      ([], [], 0), ([1], [], 0), ([1, 2, 3], [1, 9, 3], 1), ([1, 2], [1, 2, 3], 2),
    ] as [([UInt8], [UInt8], Int)])
  func `finds the first byte that differs, or the end of the shorter`(
    one: [UInt8], other: [UInt8], place: Int
  ) throws {
    let store = try scratch.store()
    // Before, at and behind the ends of the pieces that are read.
    for length in [0, 1 << 20 - 1, 1 << 20, 3 << 20] {
      let start = [UInt8](repeating: 7, count: length)
      let first = try store.put(bytes: start + one).digest
      let second = try store.put(bytes: start + other).digest
      #expect(try store.firstDifference(of: first, from: second, in: store) == length + place)
    }
  }
}
