import FoundationEssentials
import Learning
import Tensors

/// Times what `torch_peer.py` times, in the same way, and prints one line of JSON:
/// `arithmetic-benchmark CASE THREADS SECONDS`.
@main
struct Arithmetic {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let threads = Int(arguments[2]), let seconds = Double(arguments[3])
    else {
      print("usage: arithmetic-benchmark CASE THREADS SECONDS")
      return
    }
    Kernels.threads = threads
    let step = try work(arguments[1])
    for _ in 0..<2 { try step() }
    var times: [Double] = []
    var spent = 0.0
    while times.count < 3 || spent < seconds {
      let time = try ContinuousClock().measure { try step() } / .seconds(1)
      times.append(time * 1000)
      spent += time
    }
    let median = times.sorted()[times.count / 2]
    print(
      #"{"case": "\#(arguments[1])", "threads": \#(threads), "milliseconds": \#(median), "#
        + #""peak_mb": \#(try peakMemory()), "engine": "repro \#(Kernels.path)"}"#)
  }

  /// One step of the case named.
  static func work(_ name: String) throws -> () throws -> Void {
    switch name {
    case "lenet": try training("lenet", [1, 28, 28], batch: 128)
    case "mlp-256-256": try training("mlp(256,256)", [784], batch: 128)
    case "mlp-512-256": try training("mlp(512,256)", [784], batch: 128)
    case "cnn9": try training("cnn9", [3, 32, 32], batch: 128)
    case "resnet18": try training("resnet18", [3, 32, 32], batch: 128)
    case "matmul": product(1024)
    case "exp": function(1 << 20) { $0.exp() }
    case "log": function(1 << 20) { $0.log() }
    case "tanh": function(1 << 20) { $0.tanh() }
    case "sigmoid": function(1 << 20) { $0.sigmoid() }
    case "add": function(1 << 20) { $0 + $0 }
    case "softmax-128x1000": rows([128, 1000]) { $0.softmax() }
    case "softmax-4096x1024": rows([4096, 1024]) { $0.softmax() }
    case "batchnorm-64x32": batchNorm([128, 64, 32, 32])
    case "batchnorm-256x8": batchNorm([128, 256, 8, 8])
    default: fatalError("no case '\(name)'")
    }
  }

  /// A whole step: forward, loss, backward, SGD with momentum.
  static func training(_ model: String, _ shape: [Int], batch: Int) throws -> () throws -> Void {
    guard let description = ModelDescription(parsing: model) else { fatalError(model) }
    let model = try Model(description, inputShape: shape, classes: 10, seed: 1)
    let samples = Samples(
      inputs: random([batch] + shape), labels: (0..<batch).map { Int32($0 % 10) })
    var optimizer = Optimizer(
      SGD(momentum: 0.9),
      groups: [ParameterGroup(model.parameters, rate: 0.01, weightDecay: 1e-4)])
    let plan = TrainingPlan(epochs: 1, batchSize: batch, seed: 1)
    return {
      try model.train(
        on: samples, plan: plan, optimizer: &optimizer, loss: { $0.crossEntropy($1) },
        onEpoch: { _, _ in })
    }
  }

  static func product(_ size: Int) -> () -> Void {
    let (a, b) = (random([size, size]), random([size, size]))
    return { _ = a.matmul(b) }
  }

  static func function(_ count: Int, _ f: @escaping (Tensor) -> Tensor) -> () -> Void {
    let x = Tensor(
      shape: [count],
      values: RandomStream(seed: 1, purpose: "x").uniform(count, low: 0.5, high: 8))
    return { _ = f(x) }
  }

  static func rows(_ shape: [Int], _ f: @escaping (Tensor) -> Tensor) -> () -> Void {
    let x = random(shape)
    return { _ = f(x) }
  }

  /// Forward and backward, in training.
  static func batchNorm(_ shape: [Int]) -> () -> Void {
    let x = parameter(shape)
    let (scale, shift) = (parameter([shape[1]]), parameter([shape[1]]))
    let seed = random(shape)
    return {
      let y = x.batchNormTraining(scale: scale, shift: shift, epsilon: 1e-5).result
      _ = Tensor.gradients(of: y, with: [x, scale, shift], seed: seed)
    }
  }

  static func random(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      shape: shape, values: RandomStream(seed: 1, purpose: "\(shape)").normal(count))
  }

  static func parameter(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, values: random(shape).values, requiresGradient: true)
  }

  /// The most memory the process has had, in MB.
  static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (Int(line.split { $0 == " " || $0 == "\t" }.dropFirst().first ?? "") ?? 0) / 1000
  }
}
