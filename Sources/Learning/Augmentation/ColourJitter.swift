/// Brightness, contrast, saturation and hue changed at random, in this order.
///
/// Pixels count from 0 (black) to 1 and are kept there; what the network sees, `(pixel - mean) / std`, is
/// turned into them and back. Factors are uniform in `max(0, 1 - a)...1 + a`, the word of `brightness` and so on
/// giving the place; hue turns by up to `±hue` of a full circle. Saturation and hue need three channels.
///
/// With `grey = 0.299 r + 0.587 g + 0.114 b` (the pixel itself for other than three channels): brightness `f·x`,
/// contrast `f·x + (1-f)·mean(grey)`, saturation `f·x + (1-f)·grey`.
public struct ColourJitter: Sendable, Hashable, ImageStep {
  public let brightness: Double
  public let contrast: Double
  public let saturation: Double
  public let hue: Double
  public let pixels: ImageNormalisation

  /// `pixels` tells how pixels of 0...1 became the values that are changed.
  public init(
    brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0,
    pixels: ImageNormalisation = ImageNormalisation()
  ) {
    guard [brightness, contrast, saturation].allSatisfy({ $0 >= 0 && $0.isFinite }),
      (0...0.5).contains(hue)
    else {
      fatalError("colour jitter: \(brightness), \(contrast), \(saturation), hue \(hue)")
    }
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.pixels = pixels
  }

  var purposes: [String] { ["brightness", "contrast", "saturation", "hue"] }

  func apply(to image: ImageValues, words: [UInt32]) {
    pixels.undo(on: image)
    if brightness > 0 { blend(image, factor(words[0], brightness)) { _ in 0 } }
    if contrast > 0 {
      let mean = meanGrey(image)
      blend(image, factor(words[1], contrast)) { _ in mean }
    }
    if image.channels == 3 {
      if saturation > 0 {
        let grey = (0..<image.pixels).map { self.grey(image, $0) }
        blend(image, factor(words[2], saturation)) { grey[$0] }
      }
      if hue > 0 { turn(image, by: (2 * words[3].unit - 1) * Float(hue)) }
    }
    pixels.apply(to: image, words: [])
  }

  /// Uniform in `max(0, 1 - amount)...1 + amount`.
  private func factor(_ word: UInt32, _ amount: Double) -> Float {
    let low = Float(max(0, 1 - amount))
    return low + word.unit * (Float(1 + amount) - low)
  }

  /// `f·x + (1-f)·other` within 0...1; `other` of the pixel's place in its plane.
  private func blend(_ image: ImageValues, _ f: Float, _ other: (Int) -> Float) {
    for channel in 0..<image.channels {
      let plane = image.plane(channel)
      for i in plane.indices { plane[i] = min(max(f * plane[i] + (1 - f) * other(i), 0), 1) }
    }
  }

  private func grey(_ image: ImageValues, _ i: Int) -> Float {
    let (x, n) = (image.values, image.pixels)
    return 0.299 * x[i] + 0.587 * x[n + i] + 0.114 * x[2 * n + i]
  }

  /// Summed in binary64, row by row.
  private func meanGrey(_ image: ImageValues) -> Float {
    var sum = 0.0
    if image.channels == 3 {
      for i in 0..<image.pixels { sum += Double(grey(image, i)) }
      return Float(sum / Double(image.pixels))
    }
    for value in image.values { sum += Double(value) }
    return Float(sum / Double(image.values.count))
  }

  private func turn(_ image: ImageValues, by turn: Float) {
    let (x, n) = (image.values, image.pixels)
    for i in 0..<n {
      let colour = turned(x[i], x[n + i], x[2 * n + i], by: turn)
      (x[i], x[n + i], x[2 * n + i]) = colour
    }
  }
}

/// A colour with its hue turned by a part of the circle in `-1...1`, by way of hue, saturation and value.
private func turned(
  _ r: Float, _ g: Float, _ b: Float, by turn: Float
) -> (Float, Float, Float) {
  let value = max(r, max(g, b))
  let span = value - min(r, min(g, b))
  guard span > 0 else { return (r, g, b) }
  // In sixths of the circle, red at 0.
  var hue: Float =
    value == r ? (g - b) / span : value == g ? 2 + (b - r) / span : 4 + (r - g) / span
  hue += 6 * turn
  if hue < 0 { hue += 6 }
  if hue < 0 { hue += 6 }
  if hue >= 6 { hue -= 6 }
  if hue >= 6 { hue -= 6 }
  let sector = min(Int(hue), 5)
  let part = hue - Float(sector)
  let low = value - span
  let (falling, rising) = (value - span * part, value - span * (1 - part))
  return switch sector {
  case 0: (value, rising, low)
  case 1: (falling, value, low)
  case 2: (low, value, rising)
  case 3: (low, falling, value)
  case 4: (rising, low, value)
  default: (value, low, falling)
  }
}
