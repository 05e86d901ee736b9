import Documents

/// A document of PROV-JSON: things and their relations, each under a name in its section.
///
/// Source: W3C Member Submission "The PROV-JSON Serialization", 24 April 2013.
struct ProvDocument {
  private var sections: [String: [String: Value]] = [:]
  private var relations = 0

  var value: Value {
    var members = sections.mapValues(Value.map)
    members["prefix"] = [
      "repro": "urn:repro:", "object": "urn:repro:object:", "result": "urn:repro:result:",
      "engine": "urn:repro:engine:", "run": "urn:repro:run:",
    ]
    return .map(members)
  }

  /// Adds to what is known under the name, which it returns.
  @discardableResult
  mutating func add(_ section: String, _ name: String, _ members: [String: Value]) -> String {
    let known = sections[section]?[name]?.map ?? [:]
    sections[section, default: [:]][name] = .map(known.merging(members) { $1 })
    return name
  }

  /// Adds to what is known under each name of the section.
  mutating func addToEach(_ section: String, _ members: [String: Value]) {
    for name in (sections[section] ?? [:]).keys { add(section, name, members) }
  }

  /// Adds a relation between things that were added, or will be.
  mutating func relate(_ relation: String, _ ends: [String: String], role: String? = nil) {
    relations += 1
    var members = ends.mapValues(Value.string)
    if let role { members["prov:role"] = .string(role) }
    add(relation, "_:\(relation)-\(relations)", members)
  }

  /// A name where a text could stand.
  static func name(_ text: String) -> Value {
    ["$": .string(text), "type": "prov:QUALIFIED_NAME"]
  }
}
