import Learning

/// A network that `model` names, with all defaults, on the input that the field usually gives it, for ten classes.
public struct UsualModel: Sendable {
  public let name: String
  /// One sample's shape.
  public let inputShape: [Int]
  /// How many numbers are trained.
  public let parameterCount: Int

  private init?(_ name: String, _ description: ModelDescription, _ inputShape: [Int]) {
    guard
      let count = try? description.parameterCount(inputShape: inputShape, classes: 10)
    else { return nil }
    self.name = name
    self.inputShape = inputShape
    parameterCount = count
  }

  public static var all: [UsualModel] {
    [
      UsualModel("lenet", .lenet, [1, 28, 28]),
      UsualModel("mlp", .mlp(hidden: [256, 256]), [1, 28, 28]),
      UsualModel("cnn9", .cnn9, [3, 32, 32]),
      UsualModel("resnet18", .resnet18, [3, 32, 32]),
      UsualModel("resnet34", .resnet34, [3, 32, 32]),
      UsualModel("resnet50", .resnet50, [3, 32, 32]),
      UsualModel("fusion", .fusion(Fusion(views: [76, 64])), [140]),
    ].compactMap(\.self)
  }
}
