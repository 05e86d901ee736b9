import Documents

extension PipelineError {
  /// What the reader can do now.
  public var recoverySuggestion: String? {
    problem.textFix ?? problem.structureFix ?? problem.inputFix ?? problem.fieldFix
      ?? problem.paramFix ?? problem.sweepFix ?? problem.resultFix
  }
}

extension PipelineError.Problem {
  fileprivate var textFix: String? {
    switch self {
    case .empty, .noStages: "begin with 'stages:', and a stage with 'uses:' in it"
    case .tooLarge: "keep data in files and name them as inputs ('file:path')"
    case .notUTF8: "save the file as UTF-8"
    case .controlCharacter(let code):
      "remove it; in double quotes it can be written as the escape \\u\(hex(code))"
    case .syntax(_, let hint): hint
    case .tooDeep, .tooManyValues: "keep data in files and name them as inputs ('file:path')"
    case .alias: "write the value out, or make it a param and refer to it as \"${params.NAME}\""
    case .tag: "remove it; put text in quotes to keep it from being read as a number"
    case .severalDocuments: "keep one pipeline in each file"
    case .duplicateKey: "remove one of the two"
    case .keyIsNoText: "put the key in quotes"
    case .numberOutOfReach: "choose another number; put it in quotes if it is text"
    default: nil
    }
  }

  fileprivate var structureFix: String? {
    switch self {
    case .wrongPart("a pipeline", _, .scalar(.string(let text))) where text.contains(":"):
      "put a space behind the colon"
    case .wrongPart(let part, _, _) where part.hasPrefix("what "):
      "write [0.2, 0.4], or FIRST..LAST or FIRST..LAST..STEP"
    case .unknownPart(let key, _, let allowed): nearest(key, allowed, else: "it takes")
    case .missingPart(let key, _):
      key == "uses"
        ? "name its kind, as in 'uses: pretrain', or a command with 'run:'" : "add '\(key):'"
    case .malformedName: "choose another name"
    case .unknownKind(let kind, _, let allowed): nearest(kind, allowed, else: "the kinds are")
    case .seedUnused: "remove the seed"
    default: nil
    }
  }

  fileprivate var inputFix: String? {
    switch self {
    case .unknownInput(let input, _, _, let allowed):
      allowed.isEmpty
        ? "remove it; the kind has no inputs" : nearest(input, allowed, else: "it takes")
    case .missingInput(let input, _, _, let summary):
      "add '\(input): STAGE.OUTPUT' to its inputs: \(summary)"
    case .malformedInput:
      "write STAGE.OUTPUT, STAGE.OUTPUT/ITEM, or 'file:PATH' for a file beside the pipeline"
    case .malformedPath: "name a file or folder at or below the pipeline file's own folder"
    case .unknownStage(let name, _, _, let allowed): nearest(name, allowed, else: "the stages are")
    case .unknownOutput(let output, let source, _, _, _, let allowed):
      allowed.isEmpty
        ? "declare it under 'outputs:' of \(quoted(source))"
        : nearest(output, allowed, else: "it has")
    case .itemOfFile(_, let item, _, _): "remove '/\(printable(item))'"
    case .malformedItem: "name one item of the folder, as in 'STAGE.checkpoints/last'"
    case .ownOutput: "read from another stage"
    case .unknownPlace(let name, _, let allowed):
      allowed.isEmpty
        ? "declare it; for the characters themselves write $${"
        : nearest(name, allowed, else: "it has")
    case .cycle(let stages):
      "drop one of these inputs, or split \(quoted(stages.first ?? "")) in two"
    default: nil
    }
  }

  fileprivate var fieldFix: String? {
    switch self {
    case .unknownField(let field, let owner, let allowed):
      allowed.isEmpty
        ? "remove it; \(owner) has no fields here" : nearest(field, allowed, else: "it takes")
    case .missingField(let field, _, let type, let about):
      "add '\(printable(leaf(field))): …' (\(type))\(about.isEmpty ? "" : ": \(about)")"
    case .wrongType(_, _, let expected, let found): retyped(found, as: expected)
    case .unknownChoice(let choice, _, _, let allowed):
      nearest(choice, allowed, else: "it is one of")
    default: nil
    }
  }

  fileprivate var paramFix: String? {
    switch self {
    case .unknownParam(let path, let allowed):
      allowed.isEmpty ? "add it under 'params:'" : nearest(path, allowed, else: "the params are")
    case .paramCycle: "give one of them a value of its own"
    case .paramIsNoText:
      "make the reference the whole value, or refer to one value inside the param"
    case .malformedExpression: "write ${params.NAME}; for the characters themselves write $${"
    case .expansionTooLarge, .expansionTooLong: "use fewer references"
    case .malformedOverride: "write it like --set noise.rate=0.6"
    case .overrideNotFlow: "write it like --set 'rates=[0.2, 0.4]', or put text in quotes inside"
    case .overrideIsComment: "put the value in quotes: --set 'NAME=\"#…\"'"
    case .unknownOverride(let name, let allowed):
      closest(to: name, in: allowed).map { "did you mean \(quoted($0))?" }
        ?? "what can be set: stages.STAGE.FIELD, \(listed(allowed))"
    case .overrideIntoValue(let path, _): "set \(quoted(path)) as a whole"
    default: nil
    }
  }
}

extension PipelineError.Problem {
  fileprivate var sweepFix: String? {
    switch self {
    case .malformedSweep: "write it like --sweep noise.rate=0.2,0.4 or --sweep seed=1..3"
    case .emptyRange: "write it as FIRST..LAST or FIRST..LAST..STEP, like 5..30..5"
    case .sweptTwice: "remove one of the two"
    case .sweptInside: "sweep over one of them"
    case .unevenLists: "give both equally many, or take them out of 'zip' to have all combinations"
    case .tooManyPoints: "sweep over fewer values"
    case .noPoints: "exclude fewer"
    case .severalPoints: "choose a point with --set NAME=VALUE for each that is swept"
    default: nil
    }
  }
}

/// `did you mean 'x'?`, or else the list of what there is.
func nearest(_ name: String, _ allowed: [String], else lead: String) -> String {
  if let near = closest(to: name, in: allowed) { return "did you mean \(quoted(near))?" }
  return allowed.isEmpty ? lead : "\(lead) \(listed(allowed))"
}

/// How the value that was found would be written as one of the type that is expected.
private func retyped(_ found: Found, as expected: String) -> String? {
  if case .map(keys: 2...) = found, expected.hasPrefix("one of") { return "keep one of them" }
  guard case .scalar(let value) = found else { return nil }
  switch (value, expected) {
  case (.null, _): return "give a value, or leave it out"
  case (.bool, "text"), (.int, "text"), (.float, "text"): return "put it in quotes"
  case (.float(let number), "whole number"):
    return Int64(exactly: number).map { "write \($0)" }
  case (.string(let text), "whole number"), (.string(let text), "number"):
    return plainScalar(text)?.string == nil ? "write it without quotes" : nil
  case (.string(let text), "true or false"):
    switch text.lowercased() {
    case "yes", "on", "y", "true": return "write true, without quotes"
    case "no", "off", "n", "false": return "write false, without quotes"
    default: return nil
    }
  case (.int, _) where expected.hasPrefix("list"), (.float, _) where expected.hasPrefix("list"):
    return "write it in brackets: [\(found)]"
  default: return nil
  }
}

private func leaf(_ field: String) -> String {
  field.split(separator: ".").last.map(String.init) ?? field
}
