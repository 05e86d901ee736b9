import Tensors

/// What a model computes, apart from the sizes of its input and output.
public enum ModelDescription: Sendable, Hashable {
  /// LeNet-5 as the field uses it: two 5×5 convolutions of 6 and 16 maps, the first padded by 2, each
  /// with ReLU and a 2×2 maximum; then 120, 84 and the classes.
  case lenet
  /// Fully connected layers with ReLU between them.
  case mlp(hidden: [Int])
  /// The nine layers of co-teaching (Han et al., NeurIPS 2018) for 32×32 images: 3×3 convolutions with batch
  /// norm and leaky ReLU of 0.01; three of 128 and three of 256 maps, padded, each three followed by a 2×2
  /// maximum and dropout of 0.25; 512, 256 and 128 maps unpadded; the average of each channel; the classes.
  case cnn9
  case resnet(ResNet)
  case fusion(Fusion)

  public static let resnet18 = ModelDescription.resnet(ResNet(.layers18))
  public static let resnet34 = ModelDescription.resnet(ResNet(.layers34))
  public static let resnet50 = ModelDescription.resnet(ResNet(.layers50))
}

extension ModelDescription {
  /// The network for inputs of a shape; what does not fit is an error.
  func network(inputShape: [Int], classes: Int) throws(ModelError) -> Network {
    let problem = ModelError.badSize(self, inputShape: inputShape, classes: classes)
    guard classes > 0, !inputShape.isEmpty, inputShape.allSatisfy({ $0 > 0 }) else { throw problem }
    var builder = NetworkBuilder(inputShape: inputShape)
    do throws(ShapeError) {
      let layers = try layers(&builder, classes: classes)
      return Network(layers: layers, arrays: builder.arrays)
    } catch {
      throw problem
    }
  }

  private func layers(
    _ builder: inout NetworkBuilder, classes: Int
  ) throws(ShapeError) -> [any Layer] {
    switch self {
    case .lenet: try LeNet.layers(&builder, classes: classes)
    case .mlp(let hidden): Perceptron.layers(&builder, hidden: hidden, classes: classes)
    case .cnn9: try NineLayers.layers(&builder, classes: classes)
    case .resnet(let network): try network.layers(&builder, classes: classes)
    case .fusion(let network): try network.layers(&builder, classes: classes)
    }
  }
}
