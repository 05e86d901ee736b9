import Documents
public import Store

/// What happens during a run, for whoever shows it.
public enum RunEvent: Sendable {
  case started(stage: String, threads: Int)
  case progress(stage: String, Progress)
  /// The stage goes on from where it, or a shorter one, was: "epoch 12 of 20".
  case resumed(stage: String, after: String)
  case reused(stage: String, Record)
  case finished(stage: String, Record, seconds: Double)
  case failed(stage: String, any Error)
  /// The stage failed and is tried again, `left` times more if need be.
  case retrying(stage: String, any Error, left: Int)
  /// The stage waits for a run of the same stage elsewhere, which says this of itself.
  case waiting(stage: String, for: String)
  /// The stage was killed because that was asked for, and is started again.
  case killed(stage: String)
  /// Something about the machine that the user should know; said once.
  case notice(String)
  /// An input of the stage is damaged: what made it is made again, then the stage starts again.
  case healing(stage: String)
  /// A stage made again gave other bytes than its record says.
  case changed(stage: String, outputs: [String])
}

/// One figure of a stage's result.
public struct ResultFigure: Sendable {
  public let name: String
  public let value: Double
  /// Whether the figure counts something, so that it is shown without decimals.
  public let isCount: Bool
  /// Whether people compare runs by it.
  public let isHeadline: Bool
}

extension Record {
  /// The figures that the stage reported, in its order.
  public var figures: [ResultFigure] {
    (notes["results"]?.list ?? []).compactMap { entry in
      guard let name = entry["name"]?.string, let value = entry["value"],
        let number = value.float ?? value.int.map(Double.init)
      else { return nil }
      return ResultFigure(
        name: name, value: number, isCount: value.int != nil,
        isHeadline: entry["headline"]?.bool ?? false)
    }
  }

  /// The warnings that the stage gave, in its order.
  public var warnings: [String] { (notes["warnings"]?.list ?? []).compactMap(\.string) }
}
