public import Tensors

/// What is done to images before a network is trained on them, in the order of the fields.
///
/// Every draw for a sample is element `id` of the stream of its purpose, `augment/crop@3`, with the sample's id
/// and the epoch: how samples are batched, and in which order, changes nothing.
public struct Augmentation: Sendable, Hashable {
  public var crop: RandomCrop?
  public var flip: HorizontalFlip?
  public var jitter: ColourJitter?
  public var normalisation: ImageNormalisation?
  public var cutout: Cutout?

  public init(
    crop: RandomCrop? = nil, flip: HorizontalFlip? = nil, jitter: ColourJitter? = nil,
    normalisation: ImageNormalisation? = nil, cutout: Cutout? = nil
  ) {
    self.crop = crop
    self.flip = flip
    self.jitter = jitter
    self.normalisation = normalisation
    self.cutout = cutout
  }

  private var steps: [any ImageStep] {
    let all: [(any ImageStep)?] = [crop, flip, jitter, normalisation, cutout]
    return all.compactMap(\.self)
  }

  /// The augmented images, `[batch, channels, height, width]`, of the samples with these ids.
  public func callAsFunction(
    _ images: Tensor, ids: some Collection<Int>, draws: AugmentationDraws
  ) -> Tensor {
    guard images.rank == 4, images.shape[0] == ids.count else {
      fatalError("augmentation: \(ids.count) ids for images of shape \(images.shape)")
    }
    for values in [crop?.fill, normalisation?.mean, jitter?.pixels.mean].compactMap(\.self) {
      guard values.count == 1 || values.count == images.shape[1] else {
        fatalError("augmentation: \(values) for the channels of images \(images.shape)")
      }
    }
    let steps = self.steps
    let size = images.shape.dropFirst().reduce(1, *)
    let streams = steps.map { $0.purposes.map(draws.stream) }
    return Tensor(shape: images.shape) { out in
      images.withUnsafeValues { _ = out.update(fromContentsOf: $0) }
      for (row, id) in ids.enumerated() {
        let image = ImageValues(
          channels: images.shape[1], height: images.shape[2], width: images.shape[3],
          values: UnsafeMutableBufferPointer(rebasing: out[row * size..<(row + 1) * size]))
        for (step, streams) in zip(steps, streams) {
          step.apply(to: image, words: streams.map { $0.words(1, from: UInt64(id))[0] })
        }
      }
    }
  }
}

/// Which draws: those of an epoch, and of one view where an image is augmented several times.
public struct AugmentationDraws: Sendable, Hashable {
  public let seed: UInt64
  /// From 1, as in `shuffle@1`.
  public let epoch: Int
  public let view: Int

  public init(seed: UInt64, epoch: Int, view: Int = 0) {
    self.seed = seed
    self.epoch = epoch
    self.view = view
  }

  /// `augment/crop@3`; for later views `augment/crop.view1@3`.
  func stream(_ purpose: String) -> RandomStream {
    let name = view == 0 ? purpose : "\(purpose).view\(view)"
    return RandomStream(seed: seed, purpose: "augment/\(name)@\(epoch)")
  }
}

/// One image in place, `[channels][height][width]`.
struct ImageValues {
  let channels: Int
  let height: Int
  let width: Int
  let values: UnsafeMutableBufferPointer<Float>

  var pixels: Int { height * width }

  /// The values of one channel, row-major.
  func plane(_ channel: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: values[channel * pixels..<(channel + 1) * pixels])
  }
}

/// A change of one image, by one 32-bit word for each of its purposes.
protocol ImageStep: Sendable {
  var purposes: [String] { get }

  func apply(to image: ImageValues, words: [UInt32])
}

extension UInt32 {
  /// `⌊w · n / 2³²⌋`, a number below `n`.
  func scaled(below n: Int) -> Int { Int((UInt64(self) * UInt64(n)) >> 32) }

  /// The uniform number in `[0, 1)` of rule 1.11: a multiple of 2⁻²⁴.
  var unit: Float { Float(self >> 8) * 0x1p-24 }
}
