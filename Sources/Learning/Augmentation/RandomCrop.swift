/// A part of the image's own size out of the image with `padding` more pixels on each side.
///
/// The word `w` of `crop` gives the place among the `s² , s = 2 · padding + 1`: `p = ⌊w · s² / 2³²⌋`, row
/// `⌊p / s⌋` and column `p mod s` of the padded image.
public struct RandomCrop: Sendable, Hashable, ImageStep {
  public let padding: Int
  /// What the padding holds: one value for all channels, or one a channel.
  public let fill: [Float]

  public init(padding: Int, fill: [Float] = [0]) {
    guard padding >= 0, padding < 1 << 15, !fill.isEmpty else {
      fatalError("random crop: padding \(padding), fill \(fill)")
    }
    self.padding = padding
    self.fill = fill
  }

  var purposes: [String] { ["crop"] }

  func apply(to image: ImageValues, words: [UInt32]) {
    let places = 2 * padding + 1
    let place = words[0].scaled(below: places * places)
    let (down, right) = (place / places - padding, place % places - padding)
    guard (down, right) != (0, 0) else { return }
    for channel in 0..<image.channels {
      let plane = image.plane(channel)
      shift(
        plane, from: Array(plane), by: (down, right), height: image.height, width: image.width,
        fill: fill.count == 1 ? fill[0] : fill[channel])
    }
  }

  /// `target[y][x] = source[y + down][x + right]`.
  private func shift(
    _ target: UnsafeMutableBufferPointer<Float>, from source: [Float], by: (Int, Int), height: Int,
    width: Int, fill: Float
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let (row, column) = (y + by.0, x + by.1)
        let isInside = 0 <= row && row < height && 0 <= column && column < width
        target[y * width + x] = isInside ? source[row * width + column] : fill
      }
    }
  }
}
