/// What keeps `name` from being the name of a file in a folder of ours; `nil` when nothing does.
func complaintAboutFileName(_ name: String) -> String? {
  if name.isEmpty { return "must not be empty" }
  if name == "." || name == ".." { return "must be the name of a file" }
  if name.utf8.contains(UInt8(ascii: "/")) { return "must be a name without '/'" }
  if name.utf8.count > 255 { return "must not be longer than 255 bytes" }
  if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
    return "must not contain control characters"
  }
  return nil
}

/// What keeps `path` from being a plain relative path; `nil` when nothing does.
func complaintAboutPath(_ path: String) -> String? {
  if path.isEmpty { return "the path is empty" }
  if path.utf8.first == UInt8(ascii: "/") { return "the path is absolute" }
  if path.utf8.count > 4096 { return "the path is longer than 4096 bytes" }
  for part in pathParts(path) {
    if part.isEmpty { return "the path has an empty part" }
    if part == "." || part == ".." { return "the path has a part '\(part)'" }
    if let complaint = complaintAboutFileName(part) { return "a part of the path \(complaint)" }
  }
  return nil
}

/// What is between the slashes. Of bytes, since to `String` a slash with a mark behind it is none.
private func pathParts(_ path: String) -> [String] {
  path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    .map { String(Substring($0)) }
}

/// Whether two paths are one, or one lies inside the other.
func arePathsInEachOthersWay(_ one: String, _ other: String) -> Bool {
  zip(pathParts(one), pathParts(other)).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
}

/// What keeps `name` from being a stage's; `nil` when nothing does.
///
/// A dot would read as the beginning of an output, a slash as that of an item.
func complaintAboutStageName(_ name: String) -> String? {
  if name.utf8.count > 100 { return "it is longer than 100 characters" }
  let isWord = name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
  guard isWord, let first = name.utf8.first, isLetterOrDigit(first) else {
    return "a stage's name is of letters, digits, '-' and '_', and begins with a letter or digit"
  }
  return nil
}

/// What keeps `name` from being that of an input or output of a command; `nil` when nothing does.
///
/// It stands in paths and in the text of commands: nothing in it needs quoting for a shell.
func complaintAboutPlaceName(_ name: String) -> String? {
  if name.utf8.count > 100 { return "it is longer than 100 characters" }
  let isWord = name.utf8.allSatisfy {
    isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
  }
  guard isWord, let first = name.utf8.first, isLetterOrDigit(first) else {
    return "such a name is of letters, digits, '-' and '_', and begins with a letter or digit"
  }
  return nil
}

/// Whether a stage of a pipeline file could be called so.
public func isStageName(_ name: String) -> Bool { complaintAboutStageName(name) == nil }

/// Whether an input or output could.
public func isPlaceName(_ name: String) -> Bool { complaintAboutPlaceName(name) == nil }

/// What keeps `name` from being that of an environment variable; `nil` when nothing does.
func complaintAboutVariable(_ name: String) -> String? {
  if name.utf8.count > 255 { return "it is longer than 255 characters" }
  let isWord = name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
  guard isWord, let first = name.utf8.first, first > UInt8(ascii: "9") else {
    return "a variable's name is of letters, digits and '_', and begins with none of the digits"
  }
  return name.hasPrefix("REPRO_") ? "variables that begin with REPRO_ are set by repro" : nil
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
}

/// What keeps `name` from being a pipeline's; `nil` when nothing does.
func complaintAboutPipelineName(_ name: String) -> String? {
  let complaint = complaintAboutFileName(name).map { "it \($0)" }
  return complaint ?? (name.unicodeScalars.count > 100 ? "it is longer than 100 characters" : nil)
}

/// The name of a file without its folders and extension.
func stem(_ file: String) -> String {
  let name = file.split(separator: "/").last.map(String.init) ?? file
  for ending in [".yaml", ".yml"] where name.hasSuffix(ending) && name.count > ending.count {
    return String(name.dropLast(ending.count))
  }
  return name
}
