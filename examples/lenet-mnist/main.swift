import Learning
import Tensors

func read(_ part: String) throws -> (x: Tensor, labels: [Int32]) {
  let path = "\(CommandLine.arguments[1])/\(part)"  // the folder of MNIST's four files
  let images = try IDX.read(contentsOf: "\(path)-images-idx3-ubyte.gz")
  let labels = try IDX.read(contentsOf: "\(path)-labels-idx1-ubyte.gz")
  let x = Tensor(shape: [images.shape[0], 1, 28, 28], values: images.floats.map { $0 / 255 })
  return (x, labels.floats.map { Int32($0) })
}
func parameter(_ name: String, _ shape: [Int], inputs: Int) -> Tensor {
  let bound = 1 / Float(inputs).squareRoot()
  let stream = RandomStream(seed: 1, purpose: "init/\(name)")
  let values = stream.uniform(shape.reduce(1, *), low: -bound, high: bound)
  return Tensor(shape: shape, values: values, requiresGradient: true)
}
Kernels.threads = 2  // changes the speed, and not one bit of what is printed
let (train, test) = (try read("train"), try read("t10k"))
let shapes = [([6, 1, 5, 5], 25), ([16, 6, 5, 5], 150), ([120, 400], 400), ([10, 120], 120)]
let w = shapes.enumerated().map { parameter("w\($0)", $1.0, inputs: $1.1) }
let b = shapes.enumerated().map { parameter("b\($0)", [$1.0[0]], inputs: $1.1) }
@MainActor func logits(_ x: Tensor) -> Tensor {
  x.conv2d(weight: w[0], bias: b[0], padding: 2).relu().maxPool2d(2)
    .conv2d(weight: w[1], bias: b[1]).relu().maxPool2d(2).flattened()
    .linear(weight: w[2], bias: b[2]).relu().linear(weight: w[3], bias: b[3])
}
let all = ParameterGroup((w + b).map { Parameter(name: "", tensor: $0) }, rate: 0.02)
var optimizer = Optimizer(SGD(momentum: 0.9), groups: [all])
for epoch in 1...3 {
  let order = RandomStream(seed: 1, purpose: "shuffle@\(epoch)").permutation(of: 60_000)
  for start in stride(from: 0, to: 60_000, by: 100) {
    let rows = order[start..<start + 100]
    optimizer.clearGradients()
    logits(train.x.selectingRows(rows)).crossEntropy(rows.map { train.labels[Int($0)] }).backward()
    optimizer.step(epoch: epoch - 1)
  }
  let hits = zip(logits(test.x).argmaxOfRows(), test.labels).count { $0 == $1 }
  print("epoch \(epoch): \(hits) of 10000")
}
