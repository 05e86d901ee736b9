import Documents
import Engine
import FoundationEssentials
import Reports
import Stages
import Store

/// How values are shown to people; `--format json` shows them as they are.
enum Display {
  /// `12,345,678` reads more easily than `12345678`.
  static func count(_ number: Int) -> String { NumberText.count(number) }

  static func bytes(_ count: Int) -> String { NumberText.bytes(count) }

  static func duration(_ seconds: Double) -> String { NumberText.duration(seconds) }

  static func figure(_ figure: ResultFigure) -> String {
    let whole = figure.isCount ? Int(exactly: figure.value) : nil
    return whole.map(count) ?? decimals(figure.value, 4)
  }

  /// `places` digits after the point, rounded half away from zero, independent of the locale.
  static func decimals(_ value: Double, _ places: Int) -> String {
    NumberText.decimals(value, places)
  }

  /// UTC, as `2026-01-31 17:05`.
  static func time(_ secondsSince1970: Double) -> String { NumberText.time(secondsSince1970) }

  /// UTC, as `2026-01-31T17:05:09Z` (RFC 3339); `nil` of a time that has no such form.
  static func timestamp(_ secondsSince1970: Double) -> String? {
    guard (0..<253_402_300_800).contains(secondsSince1970) else { return nil }
    let minute = time(secondsSince1970).replacing(" ", with: "T")
    return "\(minute):\(twoDigits(Int(secondsSince1970) % 60))Z"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// How long ago that was, in one unit; nothing if it is not known.
  static func age(of moment: Double, now: Double) -> String {
    guard moment > 0 else { return "" }
    let seconds = max(0, now - moment)
    for (unit, length) in [("d", 86_400.0), ("h", 3600), ("min", 60)] where seconds >= length {
      return "\(decimals((seconds / length).rounded(.down), 0)) \(unit)"
    }
    return "\(decimals(seconds.rounded(.down), 0)) s"
  }

  /// Whether the bytes of a result are there.
  static func state(_ it: ResultSummary) -> String { it.isEvicted ? "evicted" : "present" }

  static func word(for target: PinTarget) -> String {
    switch target {
    case .run: "run"
    case .result: "result"
    case .object: "object"
    }
  }

  /// What an error says first.
  static func firstLine(of error: any Error) -> String {
    let whole = (error as? any LocalizedError)?.errorDescription ?? "\(error)"
    return Console.printable(String(whole.prefix { $0 != "\n" }), limit: 300)
  }

  /// Enough of a digest to type it again.
  static func short(_ digest: Digest) -> String { String(digest.description.prefix(12)) }

  /// A document's value on one line, cut where it is long.
  static func value(_ value: Value?) -> String {
    guard let value else { return "(absent)" }
    let text: String
    if case .string(let string) = value { text = string } else { text = value.json() }
    return text.count > 60 ? "\(text.prefix(57))…" : text
  }

  static func difference(_ difference: Difference) -> String {
    guard case .string(let old)? = difference.old, case .string(let new)? = difference.new,
      max(old.count, new.count) > 60
    else { return "\(difference.path): \(value(difference.old)) → \(value(difference.new))" }
    // Of long texts the part around the first place where they differ.
    let common = zip(old.unicodeScalars, new.unicodeScalars).prefix { $0 == $1 }.count
    return "\(difference.path): \(excerpt(old, at: common)) → \(excerpt(new, at: common))"
  }

  /// An input that changed is named once, not once for each of its two digests.
  static func differences(_ differences: [Difference]) -> [String] {
    differences.compactMap { difference in
      let parts = difference.path.split(separator: ".")
      guard parts.count == 3, parts[0] == "inputs" || parts[0] == "tools" else {
        return Self.difference(difference)
      }
      guard parts[2] == "xxh3" else { return nil }
      let what = parts[0] == "inputs" ? "input" : "tool"
      return
        "\(what) '\(parts[1])': content \(start(of: difference.old)) → \(start(of: difference.new))"
    }
  }

  /// How two versions of an output differ, which are called by these names.
  static func difference(_ it: OutputDifference, of names: (String, String)) -> String {
    let place = it.item.map { "\(it.output)/\($0)" } ?? it.output
    return "'\(place)' DIFFERS: \(text(of: it, names))"
  }

  /// How outputs differ, those that say where it began before the others.
  static func differences(_ all: [OutputDifference], of names: (String, String)) -> [String] {
    let first = all.filter { ArtefactDifference.comesFirst($0.output) }
    let rest = all.filter { !ArtefactDifference.comesFirst($0.output) }
    return (first + rest).map { difference($0, of: names) }
  }

  private static func text(of it: OutputDifference, _ names: (String, String)) -> String {
    if let old = it.oldBytes, let new = it.newBytes {
      return ArtefactDifference.describe(
        old, new, as: names, of: it.output, beyond: it.tolerance)
    }
    if let place = it.firstByte {
      return "\(bytes(it.old.size)) \(names.0), \(bytes(it.new.size)) \(names.1), "
        + "the first difference at byte \(place)"
    }
    return "\(short(it.old.digest)) \(names.0), \(short(it.new.digest)) \(names.1)"
  }

  private static func start(of digest: Value?) -> String {
    digest?.string.map { String($0.prefix(12)) } ?? "(absent)"
  }

  private static func excerpt(_ text: String, at place: Int) -> String {
    let scalars = Array(text.unicodeScalars)
    let start = max(0, min(place - 20, scalars.count))
    let end = min(scalars.count, start + 57)
    let part = String(String.UnicodeScalarView(scalars[start..<end]))
    return (start > 0 ? "…" : "") + part + (end < scalars.count ? "…" : "")
  }
}

extension Table {
  /// The headlines of a run: a stage a row, a figure a column, in order of appearance.
  static func headlines(_ stages: [(name: String, record: Record)]) -> Table? {
    let rows = stages.map { ($0.name, $0.record.figures.filter(\.isHeadline)) }
      .filter { !$0.1.isEmpty }
    var names: [String] = []
    for figure in rows.flatMap(\.1) where !names.contains(figure.name) { names.append(figure.name) }
    guard !names.isEmpty else { return nil }
    var table = Table(["stage"] + names, rightAligned: Set(1...names.count))
    for (stage, figures) in rows {
      let cells = names.map { name in
        figures.first { $0.name == name }.map(Display.figure) ?? ""
      }
      table.rows.append([stage] + cells)
    }
    return table
  }
}
