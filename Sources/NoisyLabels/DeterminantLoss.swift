public import Tensors

/// Determinant-based mutual information, L_DMI: `-log |det U|`, `U = Yᵀ P / batch`, with `Y` the one-hot labels and
/// `P = softmax(z)`.
///
/// Label noise changes it by a constant, `-log |det T|`, so no transition matrix is needed. It cannot tell permutations
/// of the classes apart and has huge gradients where rows of `P` are alike: train with cross-entropy first. Gradient:
/// through `logits`; `∂L/∂U = -U⁻ᵀ`. Source: Xu et al., "L_DMI", NeurIPS 2019; without the published guard of 10⁻³
/// within the logarithm, which kills the gradient of ten classes.
///
/// - Parameters:
///   - logits: `z`, `[batch, classes]`.
///   - labels: `[batch]`, each in `0..<classes`.
/// - Returns: `[]`, in nats; a constant 0, without a gradient, for a batch that lacks a class or whose `U` is singular. Not a
///   number for logits that are none.
public func determinantLoss(logits: Tensor, labels: [Int32]) -> Tensor {
  guard logits.shape.count == 2, logits.shape[0] == labels.count else {
    fatalError("dmi: logits \(logits.shape), \(labels.count) labels")
  }
  let (batch, classes) = (logits.shape[0], logits.shape[1])
  guard Set(labels).count == classes else { return .zeros([]) }
  let joint =
    oneHot(labels, classes: classes).matmul(logits.softmax(), transposed: (true, false))
    * (1 / Float(batch))
  let loss = -joint.logAbsoluteDeterminant()
  return loss.item == .infinity ? .zeros([]) : loss
}
