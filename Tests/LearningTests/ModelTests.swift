import Learning
import Tensors
import Testing

@Suite struct ModelTests {
  @Test func `LeNet has PyTorch's names and the paper's sizes`() throws {
    let model = try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1)
    #expect(
      model.parameters.map { "\($0.name) \($0.tensor.shape)" } == [
        "conv1.weight [6, 1, 5, 5]", "conv1.bias [6]", "conv2.weight [16, 6, 5, 5]",
        "conv2.bias [16]", "fc1.weight [120, 400]", "fc1.bias [120]", "fc2.weight [84, 120]",
        "fc2.bias [84]", "fc3.weight [10, 84]", "fc3.bias [10]",
      ])
    #expect(model.parameters.reduce(0) { $0 + $1.tensor.count } == 61_706)
  }

  @Test(arguments: [[1, 28, 28], [3, 32, 32], [1, 12, 12], [2, 13, 17]])
  func `LeNet takes images of many sizes`(shape: [Int]) throws {
    let model = try Model(.lenet, inputShape: shape, classes: 7, seed: 1)
    #expect(model.logits(.zeros([3] + shape)).shape == [3, 7])
  }

  @Test(arguments: [[], [5], [9, 4]] as [[Int]])
  func `a perceptron has the layers asked for`(hidden: [Int]) throws {
    let model = try Model(.mlp(hidden: hidden), inputShape: [1, 8, 8], classes: 10, seed: 1)
    #expect(model.parameters.count == 2 * (hidden.count + 1))
    #expect(model.logits(.zeros([2, 1, 8, 8])).shape == [2, 10])
  }

  @Test func `initial values are uniform within one over the root of the fan-in`() throws {
    let model = try Model(.lenet, inputShape: [1, 28, 28], classes: 10, seed: 1)
    for (parameter, fanIn) in zip(model.parameters, [25, 25, 150, 150, 400, 400, 120, 120, 84, 84])
    {
      let bound = Float(1 / Double(fanIn).squareRoot())
      let largest = parameter.tensor.values.map(abs).max() ?? 0
      #expect(largest <= bound && largest > 0.5 * bound, "\(parameter.name)")
    }
  }

  @Test func `initial values depend on the seed and the parameter's name only`() throws {
    let a = try Model(.mlp(hidden: [8]), inputShape: [4], classes: 3, seed: 1)
    let b = try Model(.mlp(hidden: [8, 8]), inputShape: [4], classes: 3, seed: 1)
    let c = try Model(.mlp(hidden: [8]), inputShape: [4], classes: 3, seed: 2)
    #expect(a.parameters[0].tensor.values == b.parameters[0].tensor.values)
    #expect(a.parameters[0].tensor.values != c.parameters[0].tensor.values)
  }

  @Test func `a LeNet's gradients are those of its parts one by one`() throws {
    let model = try Model(.lenet, inputShape: [1, 16, 16], classes: 4, seed: 1)
    let samples = Samples.random(5, shape: [1, 16, 16], classes: 4)
    let p = model.parameters.map(\.tensor)
    func gradients(_ logits: Tensor) -> String {
      for tensor in p { tensor.clearGradient() }
      logits.crossEntropy(samples.labels).backward()
      return Tensor.fingerprint(of: p.compactMap(\.gradient))
    }
    let parts = samples.inputs
      .conv2d(weight: p[0], bias: p[1], padding: 2).relu().maxPool2d(2)
      .conv2d(weight: p[2], bias: p[3]).relu().maxPool2d(2).flattened()
      .linear(weight: p[4], bias: p[5]).relu().linear(weight: p[6], bias: p[7]).relu()
      .linear(weight: p[8], bias: p[9])
    #expect(gradients(model.logits(samples.inputs)) == gradients(parts))
  }

  @Test func `a saved model comes back bit by bit`() throws {
    let views = Fusion(views: [100, 156], hidden: 5, combination: .product(rank: 2))
    for description in [
      ModelDescription.lenet, .mlp(hidden: []), .mlp(hidden: [5, 4]), .resnet18, .fusion(views),
    ] {
      let model = try Model(description, inputShape: [1, 16, 16], classes: 10, seed: 3)
      let copy = try Model(Safetensors.read(model.safetensors.bytes, path: "memory"))
      #expect(copy.description == description)
      #expect(copy.inputShape == [1, 16, 16])
      #expect(copy.classes == 10)
      #expect(copy.fingerprint == model.fingerprint)
    }
  }

  @Test func `says what is wrong with a model or its file`() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch let error as ModelError { return error.errorDescription ?? "" } catch {
        return "\(error)"
      }
    }
    let small = message { _ = try Model(.lenet, inputShape: [1, 8, 8], classes: 10, seed: 1) }
    #expect(small == "no 'lenet' for inputs of shape [1, 8, 8] and 10 classes")

    let good = try Model(.mlp(hidden: [2]), inputShape: [3], classes: 2, seed: 1).safetensors
    func broken(_ change: (inout Safetensors) -> Void) -> String {
      var file = good
      change(&file)
      return message { _ = try Model(file) }
    }
    #expect(broken { _ in } == "no error")
    #expect(broken { $0.metadata["model"] = nil } == "the file's metadata has no 'model'")
    #expect(
      broken { $0.metadata["model"] = "vgg" } == "the file's metadata has 'model' = 'vgg'")
    #expect(
      broken { $0.metadata["input_shape"] = "3,-1" }
        == "the file's metadata has 'input_shape' = '3,-1'")
    #expect(
      broken { $0.metadata["classes"] = "99999999999999999999" }
        == "the file's metadata has 'classes' = '99999999999999999999'")
    #expect(
      broken { $0.entries.removeAll { $0.name == "fc1.bias" } }
        == "no parameter 'fc1.bias' for a 'mlp(2)'")
    #expect(
      broken { $0.entries.append(.init("fc9.bias", .floats([1]))) }
        == "parameter 'fc9.bias' is not one of a 'mlp(2)'")
    #expect(
      broken { $0.metadata["input_shape"] = "4" }
        == "parameter 'fc1.weight' has shape [2, 3], not [2, 4]")
    let views = message {
      _ = try Model(.fusion(Fusion(views: [2, 3])), inputShape: [6], classes: 2, seed: 1)
    }
    #expect(
      views == "no 'fusion(2,3,hidden=128,sum,dropout=0.5)' for inputs of shape [6] and 2 classes")
  }

  @Test(arguments: [
    "lenet", "mlp()", "mlp(64)", "mlp(256,128)", "cnn9", "resnet18", "resnet34", "resnet50",
    "resnet18(preact)", "resnet50(stem=imagenet)", "resnet34(preact,stem=unpadded)",
    "fusion(76,64,hidden=128,sum,dropout=0.5)", "fusion(3,hidden=7,concat,dropout=0.0)",
    "fusion(1,2,3,hidden=7,product=3,dropout=0.25)",
  ])
  func `descriptions read back what they print`(text: String) {
    #expect(ModelDescription(parsing: text)?.description == text)
  }

  @Test(arguments: [
    "", "LeNet", "mlp", "mlp(", "mlp(1,)", "mlp(-1)", "mlp(0)", "mlp(a)", "mlp(1)x",
    "lenet()", "cnn9(1)", "mlp(1,sum)", "resnet", "resnet19", "resnet18()", "resnet18(pre)",
    "resnet18(preact,preact)", "resnet18(stem=big)", "resnet18(18)", "fusion", "fusion()",
    "fusion(4,hidden=0)", "fusion(4,dropout=1)", "fusion(4,dropout=nan)", "fusion(4,product)",
    "fusion(4,product=0)", "fusion(4,sum,concat)", "fusion(hidden=3,4)",
  ])
  func `refuses what is no description`(text: String) {
    #expect(ModelDescription(parsing: text) == nil)
  }
}
