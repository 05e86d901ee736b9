public import Documents

/// A pipeline of which some params are swept: one pipeline for each point.
///
/// A pipeline that sweeps nothing is a study of one point.
public struct Study: Sendable {
  /// What is swept, as `--set` names it, and over what.
  public struct Axis: Hashable, Sendable {
    public let name: String
    /// In the order of the file; different from each other.
    public let values: [Value]

    public init(name: String, values: [Value]) {
      self.name = name
      self.values = values
    }
  }

  public struct Point: Sendable {
    /// One of each axis, in their order.
    public let values: [Value]
    /// The pipeline with these values.
    public let pipeline: ResolvedPipeline
    /// What each of the pipeline's stages is called in ``Study/whole``, in its order.
    public let stages: [String]
  }

  public let name: String
  public let axes: [Axis]
  /// In the order of the values, those of the first axis changing last.
  public let points: [Point]
  /// The stages of all points in one pipeline, each once however many points share it.
  ///
  /// One that is not the same for all is called like `train@noise.rate=0.2,seed=1`, by the values that all points
  /// have which share it.
  public let whole: ResolvedPipeline

  /// A study of this one pipeline.
  public init(_ pipeline: ResolvedPipeline) {
    name = pipeline.name
    axes = []
    points = [Point(values: [], pipeline: pipeline, stages: pipeline.stages.map(\.name))]
    whole = pipeline
  }

  /// - Parameters:
  ///   - axes: What is swept.
  ///   - points: The values of each, one of each axis, and what they make of the pipeline.
  init(axes: [Axis], points: [(values: [Value], pipeline: ResolvedPipeline)]) {
    var union = StageUnion(axes: axes)
    for point in points { union.add(point.pipeline, at: point.values) }
    let first = points[0].pipeline
    let names = union.names()
    name = first.name
    self.axes = axes
    self.points = zip(points, union.points).map { point, stages in
      Point(values: point.values, pipeline: point.pipeline, stages: stages.map { names[$0] })
    }
    whole = ResolvedPipeline(
      name: first.name, seed: first.seed, params: first.params, stages: union.stages(named: names))
  }
}

extension Study {
  /// The axes that have more than one value: what tells the points from each other.
  public var varied: [Axis] { axes.filter { $0.values.count > 1 } }

  /// The point of a study that has one.
  ///
  /// - Throws: Of a study that has several, how to choose one; `file` is the pipeline's.
  public func onlyPoint(file: String) throws(PipelineErrors) -> Point {
    guard points.count == 1 else {
      throw PipelineErrors(
        .severalPoints(points.count), at: SourceLocation(file: file, line: 1, column: 1))
    }
    return points[0]
  }

  /// `noise.rate=0.2 seed=1`: the point's values along the ``varied`` axes.
  public func label(of point: Point) -> String {
    zip(axes, point.values).filter { $0.0.values.count > 1 }
      .map { "\($0.0.name)=\($0.1.flowText)" }.joined(separator: " ")
  }

  /// What `--set` would be told to have this point alone.
  public func overrides(of point: Point) -> [String] {
    zip(axes, point.values).map { "\($0.0.name)=\($0.1.flowText)" }
  }

  /// What the stages of the pipeline `stage` are called in ``whole``; none if it has no such stage.
  public func names(of stage: String) -> [String] {
    var seen: Set<String> = []
    return points.compactMap { point in
      point.pipeline.stages.firstIndex { $0.name == stage }.map { point.stages[$0] }
    }.filter { seen.insert($0).inserted }
  }
}

extension Value {
  /// The value on one line, as an override is written.
  public var flowText: String {
    guard case .string(let text) = self else { return json() }
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    return isPlain && plainScalar(text) == self && text != "-" ? text : json()
  }
}
