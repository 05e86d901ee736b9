import Learning
import Pipelines

/// Reads `model`: what network is trained.
func readModel(_ fields: inout FieldReader) -> ModelDescription {
  fields.variant(
    "model", "the network",
    [
      ("lenet", { _ in .lenet }),
      (
        "mlp",
        { fields in
          .mlp(
            hidden: fields.ints(
              "hidden", default: [256, 256], in: 1...65_536, "sizes of the hidden layers"))
        }
      ),
      ("cnn9", { _ in .cnn9 }),
      ("resnet18", { .resnet(readResNet(.layers18, &$0)) }),
      ("resnet34", { .resnet(readResNet(.layers34, &$0)) }),
      ("resnet50", { .resnet(readResNet(.layers50, &$0)) }),
      ("fusion", { .fusion(readFusion(&$0)) }),
    ]) ?? .lenet
}

private func readResNet(_ depth: ResNet.Depth, _ fields: inout FieldReader) -> ResNet {
  ResNet(
    depth,
    isPreActivation: fields.bool(
      "preact", default: false, "batch norm and ReLU before each convolution"),
    stem: ResNet.Stem(
      rawValue: fields.choice(
        "stem", default: StemChoice.auto, "how it begins; auto: small up to 40×40, else imagenet"
      ).rawValue))
}

private func readFusion(_ fields: inout FieldReader) -> Fusion {
  let views = fields.ints("views", in: 1...65_536, "sizes of the views, side by side in the input")
  let hidden = fields.int("hidden", default: 128, in: 1...65_536, "size of a view's code")
  let choice = fields.choice("fuse", default: FusionChoice.sum, "how the codes become one")
  let rank = fields.int("rank", default: 3, in: 1...1024, "terms of the product")
  let dropout = fields.float("dropout", default: 0.5, in: 0...0.99, "of the codes, in training")
  return Fusion(views: views, hidden: hidden, combination: choice(rank), dropout: dropout)
}

/// `ResNet.Stem`, or what the size of the images asks for.
private enum StemChoice: String, CaseIterable {
  case auto, small, unpadded, imagenet
}

private enum FusionChoice: String, CaseIterable {
  case sum, concat, product

  func callAsFunction(_ rank: Int) -> Fusion.Combination {
    switch self {
    case .sum: .sum
    case .concat: .concatenation
    case .product: .product(rank: rank)
    }
  }
}
