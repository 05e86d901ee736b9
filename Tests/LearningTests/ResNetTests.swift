import Foundation
import Learning
import Tensors
import Testing

/// The residual networks have torchvision's arrays.
@Suite struct ResNetTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// The fixtures are the `state_dict`s of PyTorch modules, one array a line.
  @Test(arguments: ["resnet18", "resnet50"])
  func `arrays have torchvision's names, order and shapes`(name: String) throws {
    let text = try String(
      contentsOf: Self.fixtures.appending(path: "\(name).txt"), encoding: .utf8)
    let expected = text.split(separator: "\n").map(String.init)
    let description = try #require(ModelDescription(parsing: name))
    let model = try Model(description, inputShape: [3, 224, 224], classes: 1000, seed: 1)
    #expect(
      model.state.map { "\($0.name) \($0.tensor.shape)" }
        == expected.filter { !$0.contains("num_batches_tracked") })
    #expect(
      Set(model.safetensors.entries.map { "\($0.name) \($0.array.shape)" }) == Set(expected))
    for entry in model.safetensors.entries where entry.name.hasSuffix("num_batches_tracked") {
      #expect(entry.array.values == .int64([0]))
    }
  }

  @Test(arguments: [
    ("resnet18", 11_689_512), ("resnet34", 21_797_672), ("resnet50", 25_557_032),
  ])
  func `there are as many parameters as torchvision counts`(name: String, count: Int) throws {
    let description = try #require(ModelDescription(parsing: name))
    let model = try Model(description, inputShape: [3, 64, 64], classes: 1000, seed: 1)
    #expect(model.parameterCount == count)
  }

  /// The stages' maps are a quarter to a thirty-second of an image, those of a small image all to an eighth.
  @Test(arguments: [
    ("resnet18", 32, [32, 16, 8, 4]), ("resnet18", 64, [16, 8, 4, 2]),
    ("resnet18(stem=small)", 64, [64, 32, 16, 8]), ("resnet18(stem=unpadded)", 32, [30, 15, 8, 4]),
    ("resnet18(preact)", 32, [32, 16, 8, 4]), ("resnet50(preact)", 64, [16, 8, 4, 2]),
    ("resnet50", 33, [33, 17, 9, 5]), ("resnet34(stem=imagenet)", 32, [8, 4, 2, 1]),
  ])
  func `stages halve the image`(name: String, size: Int, sides: [Int]) throws {
    let description = try #require(ModelDescription(parsing: name))
    let model = try Model(description, inputShape: [3, size, size], classes: 10, seed: 1)
    let blocks = model.summary.filter { $0.kind == "sum" || $0.kind == "sum, ReLU" }
    let expansion = name.hasPrefix("resnet50") ? 4 : 1
    for (stage, side) in sides.enumerated() {
      #expect(blocks.contains { $0.outputShape == [expansion * (64 << stage), side, side] })
    }
    #expect(model.summary.last?.outputShape == [10])
    #expect(model.summary.reduce(0) { $0 + $1.parameterCount } == model.parameterCount)
  }

  @Test func `convolutions begin as He et al. have it, batch norm as the identity`() throws {
    let model = try Model(.resnet18, inputShape: [3, 32, 32], classes: 10, seed: 1)
    for parameter in model.parameters where parameter.name != "fc.bias" {
      let (shape, values) = (parameter.tensor.shape, parameter.tensor.values)
      if shape.count == 4 {
        let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
        let expected = 2 / Double(shape[0] * shape[2] * shape[3])
        let tolerance = 6 * (2 / Double(values.count)).squareRoot()
        #expect(abs(variance / expected - 1) < tolerance, "\(parameter.name)")
      } else if shape.count == 1 {
        let start: Float = parameter.name.hasSuffix("weight") ? 1 : 0
        #expect(values.allSatisfy { $0 == start }, "\(parameter.name)")
      }
    }
  }

  @Test func `the pre-activation network has its activations first`() throws {
    let model = try Model(
      .resnet(ResNet(.layers18, isPreActivation: true)), inputShape: [3, 8, 8], classes: 2, seed: 1)
    let names = model.summary.map(\.name).filter { !$0.isEmpty }
    #expect(
      names.prefix(5) == [
        "conv1", "layer1.0.bn1", "layer1.0.conv1", "layer1.0.bn2", "layer1.0.conv2",
      ])
    #expect(names.suffix(2) == ["bn", "fc"])
    #expect(names.contains("layer2.0.downsample.0"))
    #expect(!names.contains("layer2.0.downsample.1"))
  }
}
