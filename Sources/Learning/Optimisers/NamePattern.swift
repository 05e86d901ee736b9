/// A pattern of names: `*` stands for any text, `?` for one character, all else for itself.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ text: String) { description = text }

  /// Whether the whole name is as the pattern says, in time proportional to the product of their lengths.
  public func matches(_ name: String) -> Bool {
    let (pattern, name) = (Array(description), Array(name))
    var (p, n) = (0, 0)
    // Where to go on after a mismatch: behind the last star, which then takes one character more.
    var retry: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        retry = (p + 1, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        (p, n) = (p + 1, n + 1)
      } else if let last = retry {
        retry = (last.pattern, last.name + 1)
        (p, n) = (last.pattern, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
