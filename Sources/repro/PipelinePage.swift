import Engine
import FoundationEssentials
import Glibc
import Pipelines
import Store

/// The pipeline of a recorded run as a file that runs, and what goes with it.
struct PipelinePage {
  private let run: Run
  private let engine: Engine

  init(_ run: Run, of engine: Engine) {
    self.run = run
    self.engine = engine
  }

  /// Prints the file; its inputs from outside are where they were then.
  func print() throws { Console.write(text(try engine.pipeline(of: run)), to: STDOUT_FILENO) }

  /// Writes the file and all that it reads into a new folder.
  func write(into folder: String) throws {
    let recorded = try engine.pipeline(of: run).gathered
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do {
      try fill(folder, recorded)
    } catch {
      try? manager.removeItem(atPath: folder)
      throw error
    }
  }

  private func fill(_ folder: String, _ recorded: RecordedPipeline) throws {
    let manager = FileManager.default
    var delivered: [String] = []
    for (path, content) in recorded.files.sorted(by: { $0.key < $1.key }) {
      // One input may lie in another.
      if delivered.contains(where: { path.hasPrefix("\($0)/") }) { continue }
      delivered.append(path)
      let place = "\(folder)/\(path)"
      let parent = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
      try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try engine.store.deliver(content, to: place)
    }
    let names = ["pipeline.yaml", "run.yaml", "pipeline-of-the-run.yaml"]
    let file = "\(folder)/\(names.first { recorded.files[$0] == nil } ?? names[0])"
    try text(recorded).write(toFile: file, atomically: true, encoding: .utf8)
    let count = recorded.files.count
    Console.print("\(file) and \(Display.count(count)) file\(count == 1 ? "" : "s") that it reads")
  }

  private func text(_ recorded: RecordedPipeline) -> String {
    var comment = ["The pipeline of run \(run.hash), every default written out."]
    if let repository = recorded.origin?.repository {
      comment.append(
        "Its file was in a git repository at commit \(repository.commit)"
          + (repository.patch.map { ", with changes: repro show \($0.digest)" } ?? ""))
    }
    for (path, content) in recorded.files.sorted(by: { $0.key < $1.key }) {
      comment.append("file:\(Console.printable(path)) had SHA-256 \(content.sha256)")
    }
    return recorded.pipeline.yaml(comment: comment)
  }
}
