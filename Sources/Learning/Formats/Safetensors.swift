/// Named arrays and a few words about them: the checkpoints of Hugging Face's safetensors.
///
/// Written as its own library writes them: wider types first, then by name; header padded to 8 bytes.
public struct Safetensors: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let array: NumericArray

    public init(_ name: String, _ array: NumericArray) {
      self.name = name
      self.array = array
    }
  }

  public var metadata: [String: String]
  /// In the order of the file, or, before writing, in any order; no name twice.
  public var entries: [Entry]

  public init(metadata: [String: String] = [:], entries: [Entry] = []) {
    self.metadata = metadata
    self.entries = entries
  }

  public subscript(name: String) -> NumericArray? { entries.first { $0.name == name }?.array }
}

extension Safetensors {
  public func write(to path: String) throws(FormatError) { try writeFile(bytes, to: path) }

  /// The file. Equal contents give equal bytes, whatever the order of `entries`.
  public var bytes: [UInt8] {
    let sorted = entries.sorted { (rank($0), $0.name) < (rank($1), $1.name) }
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (index, entry) in sorted.enumerated() {
      guard index == 0 || sorted[index - 1].name != entry.name else {
        fatalError("safetensors: '\(entry.name)' twice")
      }
      let end = offset + entry.array.count * entry.array.type.sizeInBytes
      let shape = entry.array.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(entry.name)):{\"dtype\":\"\(Self.codes[entry.array.type] ?? "")\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(header.count >> shift & 0xff))
    }
    bytes += header
    for entry in sorted { entry.array.values.append(to: &bytes) }
    return bytes
  }

  /// In descending order of the library's own list of types, in which wider ones come later.
  private func rank(_ entry: Entry) -> Int {
    switch entry.array.type {
    case .int64: 0
    case .float64: 1
    case .float32: 2
    case .int32: 3
    case .float16: 4
    case .uint16: 5
    case .uint8: 6
    case .bool: 7
    }
  }

  static let codes: [NumericArray.ElementType: String] = [
    .float16: "F16", .float32: "F32", .float64: "F64", .int32: "I32", .int64: "I64", .uint8: "U8",
    .uint16: "U16",
    .bool: "BOOL",
  ]
}

/// A JSON string of `text`.
private func quoted(_ text: String) -> String {
  var json = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": json += "\\\""
    case "\\": json += "\\\\"
    case "\n": json += "\\n"
    case "\r": json += "\\r"
    case "\t": json += "\\t"
    case "\u{8}": json += "\\b"
    case "\u{c}": json += "\\f"
    case "\u{0}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: json.unicodeScalars.append(scalar)
    }
  }
  return json + "\""
}
