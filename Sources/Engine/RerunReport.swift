public import Store

/// Which stages of a recorded run are executed again.
public enum RerunSelection: Hashable, Sendable {
  case all
  /// One stage, on the recorded outputs of those above it.
  case only(String)
  /// A stage and all below it, on the recorded outputs of the others.
  case from(String)

  var stage: String? {
    switch self {
    case .all: nil
    case .only(let stage), .from(let stage): stage
    }
  }
}

/// What a re-execution found out about one stage.
public struct RerunStage: Sendable {
  public enum Verdict: Sendable {
    /// Every output has the recorded digest.
    case same
    /// Its bytes come from outside; they were taken from the store and their digests checked.
    case checked
    /// Numbers differ from the record, by no more than the stage declares to be the same.
    case withinTolerance(largest: Double)
    /// These outputs differ from the record, as the stage declares that they may.
    case notCompared([OutputDifference])
    /// These outputs differ from the record.
    case different([OutputDifference])
  }

  public let name: String
  public let key: Digest
  public let verdict: Verdict
  /// The outputs, as they came out now.
  public let contents: [String: Content]
  public let seconds: Double
}

extension RerunStage {
  /// How many outputs the stage has.
  public var outputs: Int { contents.count }

  public var isDifferent: Bool { if case .different = verdict { true } else { false } }

  /// Whether every output has the recorded digest.
  public var isSame: Bool {
    switch verdict {
    case .same, .checked: true
    case .withinTolerance, .notCompared, .different: false
    }
  }

  /// Of what differs, what was made.
  var made: [Content] { if case .different(let all) = verdict { all.map(\.new) } else { [] } }
}

extension RerunStage.Verdict {
  /// As it is recorded.
  public var word: Execution.Verdict {
    switch self {
    case .same: .same
    case .checked: .checked
    case .withinTolerance: .withinTolerance
    case .notCompared: .notCompared
    case .different: .different
    }
  }
}

/// What a re-execution found out.
public struct RerunReport: Sendable {
  /// Why a stage most likely came out differently.
  public enum Cause: Hashable, Sendable {
    /// The command was executed twice now, and the two differ from each other.
    case disagreesWithItself
    /// These programs of a command are not those of the record.
    case tools([String])
    /// A command that agrees with itself, with the recorded programs: it reads what it does not declare.
    case undeclared
    /// A stage of a kind, that another build of the program computed: its version and digest.
    case engine(recorded: String)
    /// A stage of a kind, computed by this very program before.
    case recordOrMachine
  }

  /// The stages executed, in order; one that differs is last.
  public let stages: [RerunStage]
  /// Of a stage that differs.
  public let cause: Cause?

  /// Whether every stage came out the same to the last bit.
  public var isSame: Bool { stages.allSatisfy(\.isSame) }
  /// Whether every stage came out as it declares to.
  public var isReproduced: Bool { !stages.contains(where: \.isDifferent) }
}
