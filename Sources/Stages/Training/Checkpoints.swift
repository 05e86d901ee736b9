import Foundation
import Learning

/// A folder of checkpoints: `epoch-001.safetensors` and so on, and `last.safetensors`.
struct Checkpoints {
  let folder: String

  static func name(epoch: Int) -> String { stem(epoch: epoch) + ".safetensors" }

  /// `epoch-007`: three digits at least, so that names sort as epochs do.
  static func stem(epoch: Int) -> String {
    let digits = String(epoch)
    return "epoch-\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)"
  }

  func save(_ model: Model, epoch: Int) throws {
    try model.save(to: "\(folder)/\(Self.name(epoch: epoch))")
  }

  /// Ends the folder: the last epoch also gets the name `last`.
  func finish(epochs: Int) throws {
    try FileManager.default.copyItem(
      atPath: "\(folder)/\(Self.name(epoch: epochs))", toPath: "\(folder)/last.safetensors")
  }
}
