/// What a stage reads: an output of another stage, one item of a folder output, or a file.
public enum InputReference: Hashable, Sendable {
  case output(stage: String, output: String, item: String?)
  /// A file or folder, relative to the folder of the pipeline file.
  case file(String)
}

extension InputReference: CustomStringConvertible {
  /// As written in the file: `pretrain.checkpoints/last`, `file:plot.py`.
  public var description: String {
    switch self {
    case .output(let stage, let output, let item):
      "\(stage).\(output)" + (item.map { "/\($0)" } ?? "")
    case .file(let path): "file:\(path)"
    }
  }
}
