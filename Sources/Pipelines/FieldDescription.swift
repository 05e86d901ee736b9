public import Documents

/// One field of a config, for people: what `repro stages KIND` prints.
public struct FieldDescription: Hashable, Sendable {
  public let name: String
  /// `whole number`, `one of max, min`, `map`.
  public let type: String
  /// What an absent field means; `.null` where it means "none", `nil` where the field is required.
  public let defaultValue: Value?
  /// `1 or more`, `from 0 to 1`; `nil` when every value of the type will do.
  public let range: String?
  public let about: String
  /// Whether the field is part of the stage's key.
  public let inKey: Bool
  /// The fields inside: of a group, of every case of a variant, of each entry.
  public let children: [FieldDescription]

  public var isRequired: Bool { defaultValue == nil }

  init(
    _ name: String, _ type: String, default defaultValue: Value? = nil, range: String? = nil,
    _ about: String, inKey: Bool = true, children: [FieldDescription] = []
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.range = range
    self.about = about
    self.inKey = inKey
    self.children = children
  }
}
