import Learning
import Pipelines

/// What is done to the images before training: fields of `augment`, all off at first.
struct AugmentationConfig: Sendable {
  let padding: Int
  let flip: Double
  let jitter: (brightness: Double, contrast: Double, saturation: Double, hue: Double)
  let cutout: Int
  let mixup: Mixup?

  static func read(_ fields: inout FieldReader) -> AugmentationConfig {
    fields.addition("augment") { fields in
      fields.group("augment", "random changes of the images, anew in every epoch") { fields in
        func amount(_ name: String, upTo most: Double = 100, _ about: String) -> Double {
          fields.float(name, default: 0, in: 0...most, about)
        }
        let padding = fields.int(
          "crop", default: 0, in: 0...10_000, "black pixels around, of which a part is cut out")
        let flip = amount("flip", upTo: 1, "the probability of the mirror image")
        let jitter = (
          amount("brightness", "the largest change, as a part"),
          amount("contrast", "the largest change, as a part"),
          amount("saturation", "the largest change, as a part"),
          amount("hue", upTo: 0.5, "the largest turn, as a part of the circle")
        )
        let cutout = fields.int(
          "cutout", default: 0, in: 0...10_000, "the width of a square of zeros")
        let alpha = amount("mixup", upTo: 1e6, "alpha of the Beta distribution of shares")
        return AugmentationConfig(
          padding: padding, flip: flip, jitter: jitter, cutout: cutout,
          mixup: alpha > 0 ? Mixup(alpha: alpha) : nil)
      }
    }
  }

  /// The augmentation of inputs that were normalised so.
  ///
  /// - Throws: `StageError.noImages` where something is to be done and the samples are no images.
  func augmentation(for normalisation: Normalisation, shape: [Int]) throws -> Augmentation {
    // The network sees (stored / scale - mean) / std; pixels of 0...1 are stored / scale.
    let pixels = ImageNormalisation(
      mean: normalisation.mean.map { Float($0) }, std: normalisation.std.map { Float($0) })
    let changesColour = [jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue]
      .contains { $0 > 0 }
    guard shape.count == 3 || !(changesColour || padding > 0 || flip > 0 || cutout > 0) else {
      throw StageError.noImages(shape)
    }
    return Augmentation(
      crop: padding > 0 ? RandomCrop(padding: padding, fill: pixels.black) : nil,
      flip: flip > 0 ? HorizontalFlip(probability: flip) : nil,
      jitter: changesColour
        ? ColourJitter(
          brightness: jitter.brightness, contrast: jitter.contrast, saturation: jitter.saturation,
          hue: jitter.hue, pixels: pixels) : nil,
      cutout: cutout > 0 ? Cutout(size: cutout) : nil)
  }
}
