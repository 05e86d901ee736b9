/// The image or its mirror image: flipped where `w >> 8 < probability · 2²⁴`, `w` the word of `flip`.
public struct HorizontalFlip: Sendable, Hashable, ImageStep {
  public let probability: Double

  public init(probability: Double = 0.5) {
    guard (0...1).contains(probability) else { fatalError("flip: probability \(probability)") }
    self.probability = probability
  }

  var purposes: [String] { ["flip"] }

  func apply(to image: ImageValues, words: [UInt32]) {
    guard Double(words[0].unit) < probability else { return }
    for start in stride(from: 0, to: image.values.count, by: max(image.width, 1)) {
      image.values[start..<start + image.width].reverse()
    }
  }
}
