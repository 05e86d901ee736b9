import Documents
import Engine
import Learning
import Store
import Tensors

/// All that a training needs to go on: where it is, weights, running statistics, what the optimiser remembers,
/// averages, and the rows of its record.
struct TrainingState {
  let position: TrainingPosition
  let metrics: [Value]
  let trace: [Value]
  private let products: [[Double]]
  private let averageSteps: Int?
  /// `model.…` the model's arrays, with its metadata; `parameter.I` the optimiser's other parameters; `memory.I.J` what
  /// it keeps for its parameter I; `average.I`.
  private let arrays: Safetensors

  /// What the training is made of between two steps.
  init(
    at position: TrainingPosition, _ model: Model, _ optimizer: Optimizer,
    others: [ParameterGroup], metrics: [Value], trace: [Value]
  ) {
    self.position = position
    self.metrics = metrics
    self.trace = trace
    let state = optimizer.state
    products = state.memories.map(\.products)
    averageSteps = state.average?.steps
    let file = model.safetensors
    var entries = file.entries.map { Safetensors.Entry("model.\($0.name)", $0.array) }
    func add(_ name: String, _ tensor: Tensor) {
      entries.append(.init(name, .floats(tensor.values, shape: tensor.shape)))
    }
    for (i, parameter) in others.flatMap(\.parameters).enumerated() {
      add("parameter.\(i)", parameter.tensor)
    }
    for (i, memory) in state.memories.enumerated() {
      for (j, tensor) in memory.tensors.enumerated() { add("memory.\(i).\(j)", tensor) }
    }
    for (i, tensor) in (state.average?.tensors ?? []).enumerated() { add("average.\(i)", tensor) }
    arrays = Safetensors(metadata: file.metadata, entries: entries)
  }

  // MARK: Going on

  /// The model as it was.
  func model() throws -> Model {
    let prefix = "model."
    return try Model(
      Safetensors(
        metadata: arrays.metadata,
        entries: arrays.entries.filter { $0.name.hasPrefix(prefix) }.map {
          .init(String($0.name.dropFirst(prefix.count)), $0.array)
        }))
  }

  /// Sets the optimiser, made for ``model()`` and these other parameters, to what it was.
  func restore(_ optimizer: inout Optimizer, others: [ParameterGroup]) throws {
    for (i, parameter) in others.flatMap(\.parameters).enumerated() {
      let old = try tensor("parameter.\(i)")
      guard old.shape == parameter.tensor.shape else { throw StageError.malformedState }
      old.withUnsafeValues { old in
        parameter.tensor.withUnsafeMutableValues { _ = $0.update(fromContentsOf: old) }
      }
    }
    var state = optimizer.state
    guard products.map(\.count) == state.memories.map(\.products.count),
      (averageSteps == nil) == (state.average == nil)
    else { throw StageError.malformedState }
    for i in state.memories.indices {
      let tensors = try state.memories[i].tensors.indices.map { try tensor("memory.\(i).\($0)") }
      guard tensors.map(\.shape) == state.memories[i].tensors.map(\.shape) else {
        throw StageError.malformedState
      }
      state.memories[i] = OptimizerMemory(tensors: tensors, products: products[i])
    }
    if let steps = averageSteps, let average = state.average {
      let tensors = try average.tensors.indices.map { try tensor("average.\($0)") }
      guard tensors.map(\.shape) == average.tensors.map(\.shape) else {
        throw StageError.malformedState
      }
      state.average = .init(tensors: tensors, steps: steps)
    }
    optimizer.state = state
  }

  private func tensor(_ name: String) throws -> Tensor {
    guard let array = arrays[name], array.type == .float32 else { throw StageError.malformedState }
    return Tensor(shape: array.shape, values: array.floats)
  }

  // MARK: On disk

  /// Rises when what is kept, or how, changes.
  private static let layout: Int64 = 1

  /// What ``keep(in:files:)`` kept; `nil` if that was done in another way than it is now.
  init?(_ kept: StageState.Kept) throws {
    let note = kept.note
    guard note["layout"]?.int == Self.layout else { return nil }
    guard let epoch = note["epoch"]?.int, let step = note["step"]?.int,
      let lossSum = note["loss-sum"]?.float, let correct = note["correct"]?.int,
      let metrics = note["metrics"]?.list, let trace = note["trace"]?.list,
      let products = note["products"]?.list
    else { throw StageError.malformedState }
    position = TrainingPosition(
      epoch: Int(clamping: epoch), step: Int(clamping: step), lossSum: lossSum,
      correct: Int(clamping: correct), skipped: Int(clamping: note["skipped"]?.int ?? 0))
    self.metrics = metrics
    self.trace = trace
    self.products = products.map { ($0.list ?? []).compactMap(\.float) }
    averageSteps = note["average-steps"]?.int.map { Int(clamping: $0) }
    arrays = try Safetensors.read(contentsOf: kept.data)
  }

  /// Keeps it; a training that goes less far than where it is cannot go on from it.
  func keep(in state: StageState, files: [String]) throws {
    try state.keep(
      done: position.step > 0 ? position.epoch : position.epoch - 1,
      note: [
        "layout": .int(Self.layout),
        "epoch": .int(Int64(position.epoch)), "step": .int(Int64(position.step)),
        "loss-sum": .float(position.lossSum), "correct": .int(Int64(position.correct)),
        "skipped": .int(Int64(position.skipped)),
        "metrics": .list(metrics), "trace": .list(trace),
        "products": .list(products.map { .list($0.map(Value.float)) }),
        "average-steps": averageSteps.map { .int(Int64($0)) } ?? .null,
      ], files: files, write: arrays.write)
  }
}

/// When a training keeps its state.
struct KeepingTimes {
  /// Epochs shorter than this are not kept one by one: that would take longer than they do.
  private static let shortest = Duration.milliseconds(500)
  /// At most so much of a long epoch is lost.
  private static let longest = Duration.seconds(60)

  /// As the host may want it: after so many steps, and after every epoch.
  private let steps: Int?
  private var last = ContinuousClock.now

  init(steps: Int?) { self.steps = steps }

  /// Whether now is the time, after a step in an epoch or at the end of one.
  mutating func isDue(at position: TrainingPosition, isLast: Bool) -> Bool {
    let now = ContinuousClock.now
    let isDue: Bool
    if let steps {
      isDue = position.step % steps == 0
    } else {
      isDue = isLast || now - last >= (position.step == 0 ? Self.shortest : Self.longest)
    }
    if isDue { last = now }
    return isDue
  }
}
