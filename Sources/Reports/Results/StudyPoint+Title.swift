public import Documents
public import Engine
import Pipelines

extension StudyPoint {
  /// The value of a swept param.
  public subscript(name: String) -> Value? { values.first { $0.name == name }?.value }

  /// The point in words: `noise.rate=0.4 seed=2`; the pipeline's name where nothing is swept.
  public var title: String {
    if values.isEmpty { return pipeline.name }
    return values.map { "\($0.name)=\(PointValue.text($0.value))" }.joined(separator: " ")
  }
}
