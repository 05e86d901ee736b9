import Documents

/// Reads a pipeline file once, and resolves it at each point of its sweep.
struct StudyReader {
  private let root: Node
  private let file: String
  private let kinds: [KindSignature]
  private var overrides: [Override] = []
  private var problems: [PipelineError] = []
  private var known = KnownStages()
  /// Overrides of a part of what is swept: applied to each of its values.
  private var inside: [Override] = []

  init(
    _ bytes: [UInt8], file: String, overrides: [String], kinds: [KindSignature]
  ) throws(PipelineErrors) {
    self.file = file
    self.kinds = kinds
    for (number, text) in overrides.enumerated() {
      do throws(PipelineErrors) {
        self.overrides.append(try Override(text, number: number))
      } catch {
        problems += error.problems
      }
    }
    let tree: Node?
    do throws(PipelineError) {
      var reader = YAMLReader(try checkedText(bytes, file: file), origin: .file(file))
      tree = try reader.document()
      problems += reader.problems
    } catch {
      throw PipelineErrors(error.problem, at: error.location)
    }
    guard let tree, !tree.isNull else {
      throw PipelineErrors(.empty, at: SourceLocation(file: file, line: 1, column: 1))
    }
    root = tree
  }

  mutating func read(sweeps: [String]) throws(PipelineErrors) -> Study {
    let sweep = sweep(sweeps)
    let axes = sweep.axes
    let points = problems.isEmpty ? sweep.points() : []
    if points.isEmpty {
      if problems.isEmpty { problems.append(PipelineError(.noPoints, at: place(of: "sweep"))) }
      _ = try resolve([])
    }
    var resolved: [(values: [Value], pipeline: ResolvedPipeline)] = []
    for point in points {
      let own = zip(axes, point).map { Override(name: $0.name, target: $0.target, value: $1) }
      resolved.append((point.map(\.value), try resolve(own)))
    }
    return Study(
      axes: axes.map { axis in
        var seen: Set<Value> = []
        return Study.Axis(
          name: axis.name, values: axis.values.map(\.value).filter { seen.insert($0).inserted })
      },
      points: resolved)
  }

  /// The pipeline at a point.
  ///
  /// - Throws: All that is wrong with it, and all that was found wrong before.
  private mutating func resolve(_ point: [Override]) throws(PipelineErrors) -> ResolvedPipeline {
    var reader = PipelineReader(root, kinds: kinds, problems: problems, known: known)
    known = KnownStages()
    let pipeline = try reader.read(overrides: overrides + point + inside, name: stem(file))
    known = reader.known
    return pipeline
  }

  private func place(of part: String) -> SourceLocation {
    root.entries?.first { $0.key == part }?.place ?? root.place
  }

  /// What the file and the options sweep together; what an override sets keeps that one value.
  /// Of several overrides the later win.
  private mutating func sweep(_ options: [String]) -> Sweep {
    var reader = SweepReader()
    if let node = root["sweep"] { reader.read(node) }
    for (number, text) in options.enumerated() {
      reader.read(option: text, number: overrides.count + number)
    }
    problems += reader.problems
    var sweep = reader.sweep
    var kept: [Override] = []
    for override in overrides {
      if let axis = sweep.axes.first(where: { $0.target == override.target }) {
        sweep.fix(axis, at: override.value)
      } else if sweep.axes.contains(where: { override.target.lies(inside: $0.target) }) {
        inside.append(override)
      } else {
        sweep.removeInside(override.target)
        kept.append(override)
      }
    }
    overrides = kept
    if sweep.size == nil {
      problems.append(
        PipelineError(.tooManyPoints(limit: Sweep.maxPoints), at: place(of: "sweep")))
    }
    return sweep
  }
}
