import Tensors

/// See `ModelDescription.cnn9`.
enum NineLayers {
  static func layers(_ b: inout NetworkBuilder, classes: Int) throws(ShapeError) -> [any Layer] {
    var layers: [any Layer] = []
    func add(_ number: Int, _ maps: Int, padding: Int) throws(ShapeError) {
      layers += [
        try b.convolution("c\(number)", maps, kernel: 3, padding: padding),
        b.batchNorm("bn\(number)"), ActivationLayer.leakyReLU(slope: 0.01),
      ]
    }
    for block in 0..<2 {
      for number in 1...3 { try add(3 * block + number, 128 << block, padding: 1) }
      layers += [try b.maxPool(2), DropoutLayer(name: "dropout\(block + 1)", rate: 0.25)]
    }
    for (number, maps) in [(7, 512), (8, 256), (9, 128)] { try add(number, maps, padding: 0) }
    layers += [b.globalAveragePool(), b.linear("l_c1", classes)]
    return layers
  }
}
