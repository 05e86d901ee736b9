/// One thing that is wrong with a pipeline file, an override, or a config.
public struct PipelineError: Error, Hashable, Sendable {
  public let problem: Problem
  public let location: SourceLocation

  public init(_ problem: Problem, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }

  /// What can be wrong. A second, unlabelled name says whose the first is: `stage 'pretrain'`.
  public enum Problem: Error, Hashable, Sendable {
    // The file as text and as YAML.
    case empty
    case tooLarge(bytes: Int, limit: Int)
    case notUTF8(byteOffset: Int)
    case controlCharacter(UInt32)
    case syntax(String, hint: String)
    case tooDeep(limit: Int)
    case tooManyValues(limit: Int)
    case alias(String)
    case tag(String)
    case severalDocuments
    case duplicateKey(String, first: SourceLocation)
    case keyIsNoText(Found)
    case numberOutOfReach(String)

    // The pipeline's own structure.
    case wrongPart(String, expected: String, found: Found)
    case unknownPart(String, String, allowed: [String])
    case missingPart(String, String)
    case noStages
    case malformedName(String, String, rule: String)
    case unknownKind(String, stage: String, allowed: [String])
    case seedUnused(stage: String, kind: String)

    // Inputs.
    case unknownInput(String, stage: String, kind: String, allowed: [String])
    case missingInput(String, stage: String, kind: String, summary: String)
    case malformedInput(String, String, stage: String)
    case malformedPath(String, input: String, stage: String, complaint: String)
    case unknownStage(String, input: String, stage: String, allowed: [String])
    case unknownOutput(
      String, of: String, kind: String, input: String, stage: String, allowed: [String])
    case itemOfFile(output: String, item: String, input: String, stage: String)
    case malformedItem(String, input: String, stage: String, complaint: String)
    case ownOutput(input: String, stage: String)
    case unknownPlace(String, stage: String, allowed: [String])
    case cycle([String])

    // Fields.
    case unknownField(String, String, allowed: [String])
    case missingField(String, String, type: String, String)
    case wrongType(field: String, String, expected: String, found: Found)
    case outOfRange(field: String, String, range: String, found: Found)
    case unknownChoice(String, field: String, String, allowed: [String])
    case unfit(field: String, String, String)

    // Results.
    case malformedResult(String, result: String)
    case unknownResultStage(String, result: String, allowed: [String])
    case unknownResultOutput(String, of: String, result: String, allowed: [String])
    case folderAsResult(String, result: String)
    case rowOfFigure(stage: String, result: String)
    case unknownResult(String, allowed: [String])
    case unknownChoiceParam(String, allowed: [String])

    // Params and overrides.
    case unknownParam(String, allowed: [String])
    case paramCycle([String])
    case paramIsNoText(String, found: Found)
    case malformedExpression(String)
    case expansionTooLarge(limit: Int)
    case expansionTooLong(limit: Int)
    case malformedOverride(String)
    case overrideNotFlow
    case overrideIsComment
    case unknownOverride(String, allowed: [String])
    case overrideIntoValue(String, found: Found)

    // Sweeps.
    case malformedSweep(String)
    case emptyRange(String)
    case sweptTwice(String, String)
    case sweptInside(String, String)
    case unevenLists(String, Int, String, Int)
    case tooManyPoints(limit: Int)
    case noPoints
    case severalPoints(Int)
  }
}

/// All that is wrong with a pipeline, in file order; never empty.
public struct PipelineErrors: Error, Hashable, Sendable {
  /// The first problems, at most `limit`.
  public let problems: [PipelineError]
  /// How many more there are.
  public let omitted: Int

  /// How many problems are told; whoever has more than these has read enough.
  public static let limit = 50

  /// Sorts what was found; `nil` when there is nothing.
  ///
  /// A place has at most one wrong value: whatever else was found there follows from the first.
  init?(_ found: [PipelineError]) {
    guard !found.isEmpty else { return nil }
    var seen: Set<SourceLocation> = []
    let sorted = found.enumerated()
      .sorted { ($0.element.location, $0.offset) < ($1.element.location, $1.offset) }
      .map(\.element)
      .filter { !$0.problem.isAboutValue || seen.insert($0.location).inserted }
    problems = Array(sorted.prefix(Self.limit))
    omitted = sorted.count - problems.count
  }

  init(_ problem: PipelineError.Problem, at location: SourceLocation) {
    problems = [PipelineError(problem, at: location)]
    omitted = 0
  }
}

extension PipelineError.Problem {
  /// Whether it says that one value is wrong, so that a param used in ten places is told of once.
  fileprivate var isAboutValue: Bool {
    switch self {
    case .wrongType, .outOfRange, .unknownChoice, .unknownParam, .wrongPart: true
    default: false
    }
  }
}
