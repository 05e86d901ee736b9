import Documents
import FoundationEssentials
import Learning

/// What a file holds, for people: its format, shape and type, and the first of it.
///
/// A file that is none of the formats known, or damaged, is not described; no bytes trap.
package struct ArtefactSummary: Sendable {
  /// `.npy, float64 [10, 10]`.
  package let title: String
  /// The first rows, or names and shapes; a line each.
  package let lines: [String]

  package init(_ title: String, _ lines: [String] = []) {
    self.title = title
    self.lines = lines
  }

  /// Rows and columns shown of a table, and entries of a list.
  private static let mostRows = 10
  private static let mostEntries = 60
  private static let mostDepth = 2

  private static let formats: [@Sendable ([UInt8], Int) -> ArtefactSummary?] = [
    { safetensors($0, $1) }, { npy($0, $1) }, { gzip($0, $1) }, { archive($0, $1) },
    { json($0, $1) }, { jsonLines($0, $1) }, { csv($0, $1) }, { text($0, $1) },
  ]

  /// `nil` if no format is recognised.
  package init?(_ bytes: [UInt8]) { self.init(bytes, depth: 0) }

  private init?(_ bytes: [UInt8], depth: Int) {
    guard depth <= Self.mostDepth, !bytes.isEmpty else { return nil }
    for format in Self.formats {
      if let found = format(bytes, depth) {
        self = found
        return
      }
    }
    return nil
  }

  // MARK: Arrays

  private static func npy(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard let array = try? NPY.read(bytes, path: "") else { return nil }
    return ArtefactSummary(".npy, \(words(for: array))", rows(of: array))
  }

  private static func words(for array: NumericArray) -> String {
    "\(array.type.rawValue) \(array.shape)"
  }

  /// The first rows of the last two axes.
  private static func rows(of array: NumericArray) -> [String] {
    guard array.count > 0 else { return [] }
    let width = array.shape.last ?? 1
    let count = array.shape.count > 1 ? array.count / width : 1
    let all = array.shape.count > 1 ? width : array.count
    let isWhole = array.type.isWhole
    let values = array.first(min(count, mostRows) * all)
    let lines = (0..<min(count, mostRows)).map { row in
      let cells = (0..<min(all, mostRows)).map { column in
        let value = values[row * all + column]
        return isWhole ? NumberText.decimals(value, 0) : NumberText.figure(value)
      }
      return cells.joined(separator: "  ") + (all > mostRows ? "  …" : "")
    }
    return lines + (count > mostRows ? ["… \(NumberText.count(count)) rows"] : [])
  }

  private static func safetensors(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard let file = try? Safetensors.read(bytes, path: "") else { return nil }
    // A pass over one sample tells the shapes: not where somebody says that samples are enormous.
    if let model = try? Model(file), model.inputShape.reduce(1, *) <= 1 << 18 {
      return self.model(model)
    }
    let count = file.entries.reduce(0) { $0 + $1.array.count }
    let lines = file.entries.prefix(mostEntries).map { "\($0.name)  \(words(for: $0.array))" }
    return ArtefactSummary(
      "safetensors, \(file.entries.count) arrays, \(NumberText.count(count)) numbers",
      lines + more(file.entries.count))
  }

  /// The layers of a checkpoint, their shapes as a pass over one sample has them.
  private static func model(_ model: Model) -> ArtefactSummary {
    let layers = model.summary
    let kinds = layers.map(\.kind.count).max() ?? 0
    let names = layers.map(\.name.count).max() ?? 0
    let shapes = layers.map { "\($0.outputShape)".count }.max() ?? 0
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(width - text.count, 0))
    }
    let lines = layers.map { layer in
      let count = layer.parameterCount > 0 ? NumberText.count(layer.parameterCount) : ""
      let line =
        "\(padded(layer.name, names))  \(padded(layer.kind, kinds))  "
        + "\(padded("\(layer.outputShape)", shapes))  \(count)"
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    return ArtefactSummary(
      "model \(model.description), input \(model.inputShape), \(model.classes) classes, "
        + "\(NumberText.count(model.parameterCount)) parameters", lines)
  }

  // MARK: Archives

  private static func archive(_ bytes: [UInt8], _ depth: Int) -> ArtefactSummary? {
    guard Zip.isArchive(bytes), let zip = try? Zip(bytes, path: "") else { return nil }
    // All members together, so that what is packed many times over is not unpacked.
    var budget = 1 << 28
    let lines = zip.members.prefix(mostEntries).map { member -> String in
      let content = try? zip.content(of: member, limitInBytes: budget)
      budget -= content?.count ?? 0
      let inside = content.flatMap { ArtefactSummary($0, depth: depth + 1) }
      return "\(member.name)  \(inside?.title ?? NumberText.bytes(member.sizeInBytes))"
    }
    let isArrays = zip.members.allSatisfy { $0.name.hasSuffix(".npy") }
    return ArtefactSummary(
      "\(isArrays ? ".npz" : "zip"), \(zip.members.count) members",
      lines + more(zip.members.count))
  }

  private static func gzip(_ bytes: [UInt8], _ depth: Int) -> ArtefactSummary? {
    guard bytes.starts(with: [0x1F, 0x8B]),
      let inside = try? Gzip.inflatedIfNeeded(bytes, path: "")
    else { return nil }
    let summary = ArtefactSummary(inside, depth: depth + 1)
    return ArtefactSummary(
      "gzip of \(NumberText.bytes(inside.count))" + (summary.map { ": \($0.title)" } ?? ""),
      summary?.lines ?? [])
  }

  // MARK: Text

  private static func json(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard bytes.count <= 1 << 22, let value = try? Value(json: bytes) else { return nil }
    let isLong = value.list != nil || value.map != nil
    let lines = value.json(pretty: true).split(separator: "\n")
    return ArtefactSummary(
      "JSON" + (isLong ? ", \(value.list?.count ?? value.map?.count ?? 0) entries" : ""),
      lines.prefix(mostRows * 2).map { String($0.prefix(120)) }
        + (lines.count > mostRows * 2 ? ["…"] : []))
  }

  private static func jsonLines(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard bytes.first == UInt8(ascii: "{"), let rows = try? JSONLines.read(bytes, path: ""),
      rows.count > 1
    else { return nil }
    var names: Set<String> = []
    for row in rows { names.formUnion((row.map ?? [:]).keys) }
    let columns = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return ArtefactSummary(
      "JSON lines, \(NumberText.count(rows.count)) rows: \(columns.prefix(20).joined(separator: ", "))",
      rows.prefix(3).map { String($0.json().prefix(160)) } + (rows.count > 3 ? ["…"] : []))
  }

  private static func csv(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard isText(bytes), let rows = try? CSV.rows(bytes, path: ""), rows.count > 1,
      let width = rows.first?.count, width > 1, rows.allSatisfy({ $0.count == width })
    else { return nil }
    let lines = rows.prefix(mostRows).map { row in
      row.prefix(mostRows).map { String($0.prefix(24)) }.joined(separator: ", ")
        + (row.count > mostRows ? ", …" : "")
    }
    return ArtefactSummary(
      "CSV, \(NumberText.count(rows.count)) rows of \(width)",
      lines + (rows.count > mostRows ? ["…"] : []))
  }

  private static func text(_ bytes: [UInt8], _: Int) -> ArtefactSummary? {
    guard isText(bytes) else { return nil }
    let lines = String(decoding: bytes.prefix(1 << 16), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return ArtefactSummary(
      "text",
      lines.prefix(mostRows).map { String($0.prefix(120)) }
        + (lines.count > mostRows ? ["…"] : []))
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.prefix(4096).allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
      && String(validating: bytes, as: UTF8.self) != nil
  }

  private static func more(_ count: Int) -> [String] {
    count > mostEntries ? ["… and \(count - mostEntries) more"] : []
  }
}

extension NumericArray {
  /// The first values, as numbers.
  fileprivate func first(_ count: Int) -> [Double] {
    switch values {
    case .float16(let it): it.prefix(count).map { Double($0) }
    case .float32(let it): it.prefix(count).map { Double($0) }
    case .float64(let it): Array(it.prefix(count))
    case .int32(let it): it.prefix(count).map { Double($0) }
    case .int64(let it): it.prefix(count).map { Double($0) }
    case .uint8(let it): it.prefix(count).map { Double($0) }
    case .uint16(let it): it.prefix(count).map { Double($0) }
    case .bool(let it): it.prefix(count).map { $0 ? 1 : 0 }
    }
  }
}

extension NumericArray.ElementType {
  fileprivate var isWhole: Bool {
    switch self {
    case .float16, .float32, .float64: false
    default: true
    }
  }
}
