import Learning
import Tensors
import Testing

@Suite struct AugmentationTests {
  private static let full = Augmentation(
    crop: RandomCrop(padding: 2, fill: [-1, -2, -3]), flip: HorizontalFlip(),
    jitter: ColourJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1),
    normalisation: ImageNormalisation(mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4]),
    cutout: Cutout(size: 3))

  private func images(_ count: Int, _ shape: [Int] = [3, 6, 5]) -> Tensor {
    let values = RandomStream(seed: 5, purpose: "images").uniform(count * shape.reduce(1, *))
    return Tensor(shape: [count] + shape, values: values)
  }

  @Test func `a sample's image depends on its id and the epoch, not on its batch`() {
    let all = images(40)
    let draws = AugmentationDraws(seed: 3, epoch: 2)
    let ids = (0..<40).map { 7 * $0 + 1 }
    let whole = Self.full(all, ids: ids, draws: draws)
    let order = RandomStream(seed: 1, purpose: "order").permutation(of: 40)
    for size in [1, 7, 40] {
      for start in stride(from: 0, to: 40, by: size) {
        let rows = order[start..<min(start + size, 40)]
        let part = Self.full(
          all.selectingRows(rows), ids: rows.map { ids[Int($0)] }, draws: draws)
        #expect(part.values == whole.selectingRows(rows).values)
      }
    }
    for other in [
      AugmentationDraws(seed: 3, epoch: 3), .init(seed: 4, epoch: 2),
      .init(seed: 3, epoch: 2, view: 1),
    ] { #expect(Self.full(all, ids: ids, draws: other).values != whole.values) }
    #expect(Augmentation()(all, ids: ids, draws: draws).values == all.values)
  }

  @Test func `a crop is a part of the padded image`() {
    let (height, width, padding) = (6, 5, 2)
    let all = images(300, [2, height, width])
    let cropped = Augmentation(crop: RandomCrop(padding: padding, fill: [-1, -2]))(
      all, ids: 0..<300, draws: AugmentationDraws(seed: 1, epoch: 1)
    ).values
    let values = all.values
    let side = 2 * padding + 1
    var seen: Set<Int> = []
    for image in 0..<300 {
      let places = (0..<side * side).filter { place in
        (0..<2 * height * width).allSatisfy { i in
          let (channel, y, x) = (i / (height * width), i / width % height, i % width)
          let (row, column) = (y + place / side - padding, x + place % side - padding)
          let start = (image * 2 + channel) * height * width
          let isInside = (0..<height).contains(row) && (0..<width).contains(column)
          return cropped[start + y * width + x]
            == (isInside ? values[start + row * width + column] : Float(-1 - channel))
        }
      }
      #expect(places.count == 1)
      seen.formUnion(places)
    }
    #expect(seen.count == side * side)
  }

  @Test func `half of the images are flipped`() {
    let all = images(1000, [1, 2, 3])
    let draws = AugmentationDraws(seed: 1, epoch: 1)
    let flipped = Augmentation(flip: HorizontalFlip())(all, ids: 0..<1000, draws: draws).values
    let values = all.values
    var count = 0
    for start in stride(from: 0, to: 6000, by: 6) {
      let image = Array(values[start..<start + 6])
      let mirror = [2, 1, 0, 5, 4, 3].map { image[$0] }
      let found = Array(flipped[start..<start + 6])
      #expect(found == image || found == mirror)
      if found == mirror { count += 1 }
    }
    #expect((450...550).contains(count))
    let never = Augmentation(flip: HorizontalFlip(probability: 0))
    #expect(never(all, ids: 0..<1000, draws: draws).values == values)
  }

  @Test func `a cut-out is a square of zeros`() {
    let all = Tensor.ones([500, 2, 8, 8])
    let cut = Augmentation(cutout: Cutout(size: 4))(
      all, ids: 0..<500, draws: AugmentationDraws(seed: 1, epoch: 1)
    ).values
    for start in stride(from: 0, to: cut.count, by: 64) {
      let zeros = (0..<64).filter { cut[start + $0] == 0 }
      let (rows, columns) = (Set(zeros.map { $0 / 8 }), Set(zeros.map { $0 % 8 }))
      #expect(zeros.count == rows.count * columns.count)
      #expect((2...4).contains(rows.count) && (2...4).contains(columns.count))
    }
    #expect(Array(cut[0..<64]) == Array(cut[64..<128]))
  }

  @Test func `colours change within their bounds`() {
    let all = images(200)
    let draws = AugmentationDraws(seed: 1, epoch: 1)
    func jittered(_ jitter: ColourJitter) -> [Float] {
      Augmentation(jitter: jitter)(all, ids: 0..<200, draws: draws).values
    }
    let values = all.values
    let bright = jittered(ColourJitter(brightness: 0.5))
    for image in 0..<200 {
      let pairs = (0..<90).map { (values[image * 90 + $0], bright[image * 90 + $0]) }
      let factors = pairs.filter { $0.0 > 0.01 && $0.1 < 1 }.map { $0.1 / $0.0 }
      guard let least = factors.min(), let most = factors.max() else { continue }
      #expect(most - least < 1e-4 && least > 0.499 && most < 1.501)
    }
    let full = jittered(ColourJitter(brightness: 1, contrast: 1, saturation: 1, hue: 0.5))
    #expect(full.allSatisfy { (0...1).contains($0) })
    #expect(jittered(ColourJitter()) == values)
    // A turn keeps the largest and the smallest of a pixel's three values.
    let turned = jittered(ColourJitter(hue: 0.5))
    var moved = 0
    for image in 0..<200 {
      for pixel in 0..<30 {
        let places = (0..<3).map { image * 90 + $0 * 30 + pixel }
        let (old, new) = (places.map { values[$0] }.sorted(), places.map { turned[$0] }.sorted())
        #expect(abs(old[0] - new[0]) < 1e-6 && abs(old[2] - new[2]) < 1e-6)
        if abs(values[places[0]] - turned[places[0]]) > 1e-3 { moved += 1 }
      }
    }
    #expect(moved > 4000)
  }

  @Test func `pixels are changed as they were before normalisation`() {
    let all = images(20)
    let draws = AugmentationDraws(seed: 1, epoch: 1)
    let pixels = ImageNormalisation(mean: [0.5, 0.4, 0.3], std: [0.25, 0.5, 0.125])
    func jitter(_ pixels: ImageNormalisation) -> ColourJitter {
      ColourJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, pixels: pixels)
    }
    let before = Augmentation(jitter: jitter(ImageNormalisation()), normalisation: pixels)(
      all, ids: 0..<20, draws: draws)
    let after = Augmentation(jitter: jitter(pixels))(
      Augmentation(normalisation: pixels)(all, ids: 0..<20, draws: draws), ids: 0..<20,
      draws: draws)
    #expect(zip(before.values, after.values).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(pixels.black == [-2, -0.8, -2.4])
  }
}
