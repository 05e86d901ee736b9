import ArgumentParser
import Documents
import Pipelines

/// `repro graph`: a pipeline's stages and who reads from whom.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw a pipeline: its stages and who reads from whom; a swept stage once.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, dot, mermaid, json }

  @OptionGroup var pipeline: PipelineOptions

  @Option(help: "How to draw: text, dot for Graphviz, mermaid for Markdown, or json.")
  var format: Format = .text

  func run() throws {
    let study = try pipeline.study()
    let stages = SweptStages(of: study).stages
    switch format {
    case .text: Console.print(Console.printable(lines: Self.text(stages), most: .max, limit: .max))
    case .dot: Console.print(Self.dot(stages, name: study.name))
    case .mermaid: Console.print(Self.mermaid(stages))
    case .json: Console.print(Self.document(stages, of: study).json(pretty: true))
    }
  }

  /// How often a stage is swept: `× 24`, or nothing.
  static func times(_ stage: SweptStages.Stage) -> String {
    stage.wholeNames.count > 1 ? "× \(stage.wholeNames.count)" : ""
  }

  private static func text(_ stages: [SweptStages.Stage]) -> String {
    StageDrawing(stages.map { ($0.name, $0.sources) }).lines { row in
      let stage = stages[row]
      let parts = [stage.name, times(stage), Console.dim(stage.kind)]
      return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// Graphviz. Names of stages need no escapes, that of a pipeline may.
  private static func dot(_ stages: [SweptStages.Stage], name: String) -> String {
    let nodes = stages.map { stage in
      let label = [stage.name, times(stage)].filter { !$0.isEmpty }.joined(separator: " ")
      return "  \"\(stage.name)\" [label=\"\(label)\\n\(stage.kind)\"];"
    }
    let edges = stages.flatMap { stage in
      stage.sources.map { "  \"\($0)\" -> \"\(stage.name)\";" }
    }
    let title = Console.printable(name).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return (["digraph \"\(title)\" {", "  node [shape=box];"] + nodes + edges + ["}"])
      .joined(separator: "\n")
  }

  private static func mermaid(_ stages: [SweptStages.Stage]) -> String {
    let numbers = Dictionary(
      stages.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let nodes = stages.enumerated().map { number, stage in
      let label = [stage.name, times(stage)].filter { !$0.isEmpty }.joined(separator: " ")
      return "  s\(number)[\"\(label)<br/>\(stage.kind)\"]"
    }
    let edges = stages.enumerated().flatMap { number, stage in
      stage.sources.compactMap { numbers[$0] }.map { "  s\($0) --> s\(number)" }
    }
    return (["flowchart TD"] + nodes + edges).joined(separator: "\n")
  }

  private static func document(_ stages: [SweptStages.Stage], of study: Study) -> Value {
    [
      "name": .string(study.name), "points": .int(Int64(study.points.count)),
      "stages": .list(
        stages.map { stage in
          [
            "name": .string(stage.name), "kind": .string(stage.kind),
            "times": .int(Int64(stage.wholeNames.count)),
            "reads": .list(stage.sources.map(Value.string)),
          ]
        }),
    ]
  }
}
