/// A square of zeros anywhere in the image (DeVries & Taylor, 2017): `size` pixels wide, its centre any pixel,
/// cut off at the borders.
///
/// The word `w` of `cutout` gives the centre: pixel `⌊w · height · width / 2³²⌋`, row-major; rows
/// `row - ⌊size / 2⌋ ..< row - ⌊size / 2⌋ + size`, columns alike.
public struct Cutout: Sendable, Hashable, ImageStep {
  public let size: Int

  public init(size: Int) {
    guard size > 0, size < 1 << 20 else { fatalError("cutout: size \(size)") }
    self.size = size
  }

  var purposes: [String] { ["cutout"] }

  func apply(to image: ImageValues, words: [UInt32]) {
    guard image.pixels > 0 else { return }
    let centre = words[0].scaled(below: image.pixels)
    let rows = range(around: centre / image.width, in: image.height)
    let columns = range(around: centre % image.width, in: image.width)
    for channel in 0..<image.channels {
      let plane = image.plane(channel)
      for row in rows {
        for column in columns { plane[row * image.width + column] = 0 }
      }
    }
  }

  private func range(around centre: Int, in length: Int) -> Range<Int> {
    let start = centre - size / 2
    return max(start, 0)..<min(start + size, length)
  }
}
