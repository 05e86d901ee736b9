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
    ]) ?? .lenet
}
