import Learning

/// Archives: what is inside, and the times of the packing told apart from it.
extension FileDifference {
  static func gzip(_ it: Versions) -> FileDifference? {
    guard Gzip.isCompressed(it.old), Gzip.isCompressed(it.new),
      let old = try? Gzip.inflated(it.old, path: it.names.0, limitInBytes: mostInflated),
      let new = try? Gzip.inflated(it.new, path: it.names.1, limitInBytes: mostInflated)
    else { return nil }
    if old == new {
      // The time is in bytes 4 to 7 (RFC 1952).
      let isTime =
        it.old.prefix(4) == it.new.prefix(4) && it.old.dropFirst(8) == it.new.dropFirst(8)
      return samePacked(isTime, "gzip file", it)
    }
    return inside("", old, new, it)
  }

  static func archive(_ it: Versions) -> FileDifference? {
    guard Zip.isArchive(it.old), Zip.isArchive(it.new),
      let old = try? Zip(it.old, path: it.names.0), let new = try? Zip(it.new, path: it.names.1)
    else { return nil }
    let known = Dictionary(new.members.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    let names = Set(old.members.map(\.name))
    // Of two members of one name nobody knows which is meant.
    guard names.count == old.members.count, known.count == new.members.count else { return nil }
    if let extra = new.members.first(where: { !names.contains($0.name) }) {
      return FileDifference(text: "\(extra.name) is new", nearness: nil)
    }
    var nearest: FileDifference?
    for member in old.members {
      guard let other = known[member.name] else {
        return FileDifference(text: "\(member.name) is missing", nearness: nil)
      }
      guard let one = try? old.content(of: member, limitInBytes: mostInflated),
        let two = try? new.content(of: other, limitInBytes: mostInflated)
      else { return nil }
      if one == two { continue }
      let found = inside("\(member.name): ", one, two, it)
      guard let nearness = found.nearness else { return found }
      nearest = FileDifference(
        text: nearest?.text ?? found.text, nearness: max(nearness, nearest?.nearness ?? 0))
    }
    return nearest ?? samePacked(differOnlyInTimes(old, new), "archive", it)
  }

  /// Whether the members stand in one order, packed to the same sizes.
  private static func differOnlyInTimes(_ old: Zip, _ new: Zip) -> Bool {
    zip(old.members, new.members).allSatisfy { one, other in
      one.name == other.name && one.method == other.method
        && one.compressedSize == other.compressedSize
    } && old.members.map(\.time) != new.members.map(\.time)
  }

  private static func samePacked(
    _ isTime: Bool, _ what: String, _ it: Versions
  ) -> FileDifference {
    FileDifference(
      text: isTime
        ? "only the \(what)'s times differ: the contents are the same"
        : "the \(what)'s contents are the same, packed otherwise",
      nearness: it.tolerance == nil ? nil : 0)
  }

  private static func inside(
    _ name: String, _ old: [UInt8], _ new: [UInt8], _ it: Versions
  ) -> FileDifference {
    let inner = it.inside(old, new)
    if let found = open(inner) {
      return FileDifference(text: name + found.text, nearness: found.nearness)
    }
    return FileDifference(text: name + ArtefactDifference.bytes(of: inner), nearness: nil)
  }

  /// A few packed bytes can hold terabytes.
  private static let mostInflated = 256 << 20
}
