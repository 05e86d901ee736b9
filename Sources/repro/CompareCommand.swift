import ArgumentParser
import Documents
import Engine
import Pipelines
import Reports
import Store

/// `repro compare`: how two studies differ in their results.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the results of A and B, paired by seed and by all else that both sweep.",
    discussion: """
      A and B are pipeline files, or runs with commas between: 'compare 2b4e,91c0 77ad,e1f2'. With --over both \
      are one pipeline with two values of a param: 'compare study.yaml --over noise.type=pair,symmetric'. The \
      interval and p (t) are of Student's paired test, p (signed rank) is of Wilcoxon's, exact.
      """)

  @Argument(help: "A pipeline file, or hashes of runs with commas between.", completion: .file())
  var a: String

  @Argument(help: "Likewise.", completion: .file())
  var b: String?

  @Option(
    help: ArgumentHelp(
      "A and B are these two values of one param.", valueName: "param=value1,value2"))
  var over: String?

  @Option(
    name: .customLong("metric"),
    help: ArgumentHelp("Compare this result only; may be repeated.", valueName: "result"))
  var metrics: [String] = []

  @OptionGroup var overrides: OverrideOptions
  @OptionGroup var store: StoreOptions

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv, markdown, latex }

  @Option(help: "How to print: text, json, csv, markdown or latex.")
  var format: Format = .text

  func validate() throws {
    guard (b == nil) != (over == nil) else {
      throw ValidationError("name two to compare, or one and --over PARAM=VALUE1,VALUE2")
    }
  }

  func run() throws {
    let engine = try store.engine()
    let (one, other) = try sides(by: engine)
    let comparison = try Comparison(one, other, metrics: metrics, from: engine.store)
    switch format {
    case .json: return Console.print(comparison.document.json(pretty: true))
    case .text:
      let head = "A  \(Console.printable(comparison.a))\nB  \(Console.printable(comparison.b))\n"
      let parts = [head, Table(comparison.text).text]
      let notes = comparison.notes.map(printable)
      return Console.print((parts + (notes.isEmpty ? [] : [""]) + notes).joined(separator: "\n"))
    case .csv: Console.print(printable(comparison.csv))
    case .markdown: Console.print(printable(comparison.text.markdown))
    case .latex: Console.print(printable(comparison.text.latex))
    }
    for note in comparison.notes { Console.sayError(printable(note)) }
  }

  private func printable(_ text: String) -> String {
    Console.printable(lines: text, most: .max, limit: .max)
  }

  private func sides(by engine: Engine) throws -> (Comparison.Side, Comparison.Side) {
    if let b { return (try side(a, [], by: engine), try side(b, [], by: engine)) }
    let (param, values) = try Self.variants(over ?? "")
    return (
      try side(a, ["\(param)=\(values.0)"], by: engine),
      try side(a, ["\(param)=\(values.1)"], by: engine)
    )
  }

  private func side(
    _ word: String, _ more: [String], by engine: Engine
  ) throws -> Comparison.Side {
    let words = word.split(separator: ",").map(String.init)
    let isFile = StudyArgument.isPipeline(word)
    // Runs are what they are, beside a pipeline that has options.
    var options = isFile || !more.isEmpty ? overrides : try OverrideOptions.parse([])
    options.overrides += more
    let study = try StudyArgument(isFile ? [word] : words, options).read(by: engine)
    return Comparison.Side(title: study.title, points: study.points, axes: study.axes)
  }

  /// `PARAM=VALUE1,VALUE2`; commas in brackets and in quotes belong to a value.
  static func variants(_ text: String) throws -> (param: String, values: (String, String)) {
    let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard halves.count == 2 else { throw ReportError.malformedVariants(text) }
    var values = [""]
    var depth = 0
    var quote: Character?
    for character in halves[1] {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "[{".contains(character) {
        depth += 1
      } else if "]}".contains(character) {
        depth -= 1
      } else if character == ",", depth == 0 {
        values.append("")
        continue
      }
      values[values.count - 1].append(character)
    }
    guard values.count == 2, !values.contains("") else { throw ReportError.malformedVariants(text) }
    return (halves[0], (values[0], values[1]))
  }
}
