import ArgumentParser
import Store

extension Store {
  /// The run that a hash means; where it is the key of a result, a run with it and the stage's name.
  ///
  /// - Throws: `StoreError.unknownHash`, `.ambiguous`; `ValidationError` for a result of no run.
  func runAndStage(matching hash: String) throws -> (Run, stage: String?) {
    guard case .result(let key) = try target(matching: hash) else {
      return (try run(matching: hash), nil)
    }
    guard let hash = try runs(ofResult: key).first else {
      throw ValidationError(
        "the result \(Display.short(key)) is of no finished run; 'repro run' that pipeline first")
    }
    let run = try run(matching: hash.description)
    return (run, run.records.filter { $0.value == key }.keys.min())
  }
}
