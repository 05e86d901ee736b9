extension InputReference {
  /// Reads `stage.output`, `stage.output/item` or `file:path`.
  ///
  /// The names of the input and of its stage are for messages.
  init(_ text: String, input: String, stage: String) throws(PipelineError.Problem) {
    if text.hasPrefix("file:") {
      let path = String(text.dropFirst("file:".count))
      if let complaint = complaintAboutPath(path) {
        throw .malformedPath(path, input: input, stage: stage, complaint: complaint)
      }
      self = .file(path)
      return
    }
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let names = halves.first?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard names.count == 2, !names.contains("") else {
      throw .malformedInput(text, input, stage: stage)
    }
    let item = halves.count == 2 ? String(halves[1]) : nil
    if let item, let complaint = complaintAboutFileName(item) {
      throw .malformedItem(item, input: input, stage: stage, complaint: complaint)
    }
    self = .output(stage: String(names[0]), output: String(names[1]), item: item)
  }
}
