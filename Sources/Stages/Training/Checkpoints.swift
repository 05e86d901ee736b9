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

  /// The epochs whose files are there, ascending; also of other files that are named so.
  func epochs(extension suffix: String = "safetensors") throws -> [Int] {
    try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
      let digits = name.dropFirst("epoch-".count).prefix { $0.isASCII && $0.isNumber }
      return Int(digits).flatMap { "\(Self.stem(epoch: $0)).\(suffix)" == name ? $0 : nil }
    }.sorted()
  }

  func save(_ model: Model, epoch: Int) throws {
    try model.save(to: "\(folder)/\(Self.name(epoch: epoch))")
  }

  /// Ends a folder without epochs: these weights get the name `last`.
  func finish(with weights: Safetensors) throws {
    try weights.write(to: "\(folder)/last.safetensors")
  }

  /// Ends the folder: the last epoch also gets the name `last`.
  func finish(epochs: Int) throws {
    try FileManager.default.copyItem(
      atPath: "\(folder)/\(Self.name(epoch: epochs))", toPath: "\(folder)/last.safetensors")
  }
}
