import Tensors

// Eight points of a line, two of them wrong, and two points that are known to be right. Which weight
// of each point would have made one step of least squares fit those two better?
let x = Tensor(shape: [8, 1], values: [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2])
let y = Tensor(shape: [8, 1], values: [-2, -1.5, 3, -0.5, 0.5, 1, -4, 2])
let (cleanX, cleanY) = (
  Tensor(shape: [2, 1], values: [-1, 1]), Tensor(shape: [2, 1], values: [-1, 1])
)
let slope = Tensor(shape: [1, 1], values: [0], requiresGradient: true)
let weights = Tensor(
  shape: [8, 1], values: Array(repeating: 1 / 8, count: 8), requiresGradient: true)

let loss = (weights * (x.matmul(slope) - y).squared()).sum()
guard let step = Tensor.gradients(of: loss, with: [slope], createGraph: true)[0] else {
  fatalError()
}
let stepped = slope - 0.1 * step  // still a function of the weights
let cleanLoss = (cleanX.matmul(stepped) - cleanY).squared().mean()
guard let byWeight = Tensor.gradients(of: cleanLoss, with: [weights])[0] else { fatalError() }
for (point, derivative) in byWeight.values.enumerated() {
  print("point \(point): \(derivative < 0 ? "more" : "less") weight (\(derivative))")
}
