public import FoundationEssentials

extension PipelineError: LocalizedError {
  /// What and where, on one line.
  public var errorDescription: String? { "\(location): \(problem.statement)" }
}

extension PipelineErrors: LocalizedError {
  /// Every problem with its fix, in file order.
  public var errorDescription: String? {
    var lines = problems.map { error in
      [error.errorDescription, error.recoverySuggestion.map { "  fix: \($0)" }]
        .compactMap(\.self).joined(separator: "\n")
    }
    if omitted > 0 { lines.append("and \(omitted) more") }
    return lines.joined(separator: "\n")
  }
}

extension PipelineErrors: CustomStringConvertible {
  public var description: String { errorDescription ?? "" }
}

extension PipelineError: CustomStringConvertible {
  public var description: String { errorDescription ?? "" }
}

extension PipelineError.Problem {
  /// What is wrong: lower case, no full stop, names in single quotes.
  var statement: String {
    textStatement ?? structureStatement ?? inputStatement ?? fieldStatement ?? paramStatement
      ?? sweepStatement ?? resultStatement ?? ""
  }

  private var textStatement: String? {
    switch self {
    case .empty: "empty file; a pipeline needs 'stages:'"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes; a pipeline file has at most \(limit)"
    case .notUTF8(let offset): "not UTF-8 text (byte \(offset) of the file)"
    case .controlCharacter(let code): "the character U+\(hex(code)) cannot stand in a pipeline file"
    case .syntax(let problem, _): "not YAML: \(printable(problem, limit: 200))"
    case .tooDeep(let limit): "lists and maps nested more than \(limit) deep"
    case .tooManyValues(let limit): "more than \(limit) values"
    case .alias(let name): "anchors and aliases are not read: \(quoted(name))"
    case .tag(let name): "tags are not read: \(quoted(name))"
    case .severalDocuments: "a second document begins here"
    case .duplicateKey(let key, let first):
      "\(quoted(key)) is given twice, first in line \(first.line)"
    case .keyIsNoText(let found): "the key of a map must be text, but is \(found)"
    case .numberOutOfReach(let text): "the number \(printable(text, limit: 40)) \(reach(text))"
    default: nil
    }
  }

  private var structureStatement: String? {
    switch self {
    case .wrongPart(let name, let expected, let found):
      "\(name) must be \(expected), but is \(found)"
    case .unknownPart(let key, let owner, _): "unknown key \(quoted(key)) in \(owner)"
    case .missingPart(let key, let owner): "\(owner) has no \(quoted(key))"
    case .noStages: "'stages' is empty; a pipeline has at least one stage"
    case .malformedName(let name, let what, let rule):
      "\(quoted(name)) cannot name \(what): \(rule)"
    case .unknownKind(let kind, let stage, _):
      "unknown kind \(quoted(kind)) in stage \(quoted(stage))"
    case .seedUnused(let stage, let kind):
      "stage \(quoted(stage)) has a seed, but kind \(quoted(kind)) draws no random numbers"
    default: nil
    }
  }

  private var inputStatement: String? {
    switch self {
    case .unknownInput(let input, let stage, let kind, _):
      "unknown input \(quoted(input)) in stage \(quoted(stage)) of kind \(quoted(kind))"
    case .missingInput(let input, let stage, let kind, _):
      "stage \(quoted(stage)) of kind \(quoted(kind)) needs the input \(quoted(input))"
    case .malformedInput(let text, let input, let stage):
      "input \(quoted(input)) of stage \(quoted(stage)) is \(quoted(text)), which is no output and no file"
    case .malformedPath(let path, let input, let stage, let complaint):
      "input \(quoted(input)) of stage \(quoted(stage)) names the file \(quoted(path)): \(complaint)"
    case .unknownStage(let name, let input, let stage, _):
      "input \(quoted(input)) of stage \(quoted(stage)) reads from \(quoted(name)), which is no stage"
    case .unknownOutput(let output, let source, let kind, let input, let stage, _):
      "input \(quoted(input)) of stage \(quoted(stage)): stage \(quoted(source)) of kind \(quoted(kind)) has no output \(quoted(output))"
    case .itemOfFile(let output, let item, let input, let stage):
      "input \(quoted(input)) of stage \(quoted(stage)): \(quoted(output)) is one file and has no item \(quoted(item))"
    case .malformedItem(let item, let input, let stage, let complaint):
      "input \(quoted(input)) of stage \(quoted(stage)) names the item \(quoted(item)), which \(complaint)"
    case .ownOutput(let input, let stage):
      "input \(quoted(input)) of stage \(quoted(stage)) reads the stage's own output"
    case .unknownPlace(let name, let stage, _):
      "the command of stage \(quoted(stage)) refers to \(quoted(name)), which it does not have"
    case .cycle(let stages):
      "stages wait for each other: \(listed(stages, separator: " → "))"
    default: nil
    }
  }

  private var fieldStatement: String? {
    switch self {
    case .unknownField(let field, let owner, _): "unknown field \(quoted(field)) in \(owner)"
    case .missingField(let field, let owner, _, _): "\(owner) needs the field \(quoted(field))"
    case .wrongType(let field, let owner, let expected, let found):
      "\(quoted(field)) in \(owner) must be \(withArticle(expected)), but is \(found)"
    case .outOfRange(let field, let owner, let range, let found):
      "\(quoted(field)) in \(owner) must be \(range), but is \(found)"
    case .unknownChoice(let choice, let field, let owner, _):
      "\(quoted(field)) in \(owner) cannot be \(quoted(choice))"
    case .unfit(let field, let owner, let complaint):
      "\(quoted(field)) in \(owner) \(printable(complaint, limit: 300))"
    default: nil
    }
  }

  private var paramStatement: String? {
    switch self {
    case .unknownParam(let path, _): "unknown param \(quoted(path))"
    case .paramCycle(let paths): "params refer to each other: \(listed(paths, separator: " → "))"
    case .paramIsNoText(let path, let found):
      "\(quoted("${\(path)}")) stands inside text, but the param is \(found)"
    case .malformedExpression(let text): "\(quoted(text)) is no reference to a param"
    case .expansionTooLarge(let limit): "params expand to more than \(limit) values or bytes"
    case .expansionTooLong(let limit):
      "params lead on to other params for more than \(limit) steps"
    case .malformedOverride(let text): "\(quoted(text)) is not of the form NAME=VALUE"
    case .overrideNotFlow: "a list or map in an override must be on one line, in brackets"
    case .overrideIsComment: "the value begins with '#' and would be read as a comment"
    case .unknownOverride(let name, _): "there is nothing called \(quoted(name)) to set"
    case .overrideIntoValue(let path, let found):
      "\(quoted(path)) is \(found); nothing can be set inside it"
    default: nil
    }
  }
}

extension PipelineError.Problem {
  private var sweepStatement: String? {
    switch self {
    case .malformedSweep(let text): "\(quoted(text)) is not of the form NAME=VALUE,VALUE"
    case .emptyRange(let text): "the range \(quoted(text)) has no numbers in it"
    case .sweptTwice(let value, let name):
      "\(quoted(name)) is swept over \(printable(value)) twice"
    case .sweptInside(let one, let other):
      "\(quoted(one)) and \(quoted(other)) are both swept, and one is a part of the other"
    case .unevenLists(let one, let count, let other, let otherCount):
      "\(quoted(one)) has \(count) values and \(quoted(other)) has \(otherCount), but they go together"
    case .tooManyPoints(let limit): "the sweep has more than \(limit) points"
    case .noPoints: "'exclude' leaves no point of the sweep"
    case .severalPoints(let count): "the pipeline is swept over \(count) points; here goes only one"
    default: nil
    }
  }
}

/// Four digits or more, as in `U+001B`.
func hex(_ code: UInt32) -> String {
  let digits = String(code, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

private func reach(_ text: String) -> String {
  let lower = text.lowercased()
  if lower.hasSuffix("nan") || lower.hasSuffix("inf") { return "is not finite" }
  return lower.contains("e-") ? "is too small to be told from zero" : "is too large"
}

/// `a list of numbers`, but `text`, `true or false`, `one of max, min`.
private func withArticle(_ type: String) -> String {
  let articles = ["list": "a ", "map": "a ", "number": "a ", "whole": "a "]
  return (type.split(separator: " ").first.flatMap { articles[String($0)] } ?? "") + type
}
