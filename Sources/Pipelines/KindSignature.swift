/// What the language needs to know of a stage kind: its inputs, outputs and fields.
public struct KindSignature: Sendable {
  public struct Input: Sendable {
    public let name: String
    public let required: Bool
    public let summary: String

    public init(_ name: String, required: Bool = true, _ summary: String) {
      self.name = name
      self.required = required
      self.summary = summary
    }
  }

  public struct Output: Sendable {
    public let name: String
    /// Whether an input may name one item of it, as in `checkpoints/last`.
    public let isFolder: Bool
    public let summary: String

    public init(_ name: String, isFolder: Bool = false, _ summary: String) {
      self.name = name
      self.isFolder = isFolder
      self.summary = summary
    }
  }

  public let name: String
  public let summary: String
  public let inputs: [Input]
  public let outputs: [Output]
  /// Whether the kind draws random numbers; only then has a stage of it a seed.
  public let usesSeed: Bool
  /// Reads the config. Run on a stage's config it checks it; run on nothing it tells the fields, so
  /// it must read every field whatever the values of others are.
  public let read: @Sendable (inout FieldReader) -> Void

  public init(
    name: String, summary: String, inputs: [Input] = [], outputs: [Output], usesSeed: Bool = false,
    read: @escaping @Sendable (inout FieldReader) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.inputs = inputs
    self.outputs = outputs
    self.usesSeed = usesSeed
    self.read = read
  }

  /// The fields of the config, in the order in which they are read.
  public var fields: [FieldDescription] {
    var reader = FieldReader.describing()
    read(&reader)
    return reader.descriptions
  }
}
