import Pipelines

extension ResultSpec {
  /// Which way is better: as the pipeline says, else as the name does. Errors and losses are better lower,
  /// accuracies higher; of other names nobody knows.
  var direction: Better? {
    if let better { return better }
    let words = metric.lowercased().split { !$0.isLetter }.map(String.init)
    if words.contains("accuracy") { return .higher }
    return words.contains("error") || words.contains("loss") ? .lower : nil
  }
}
