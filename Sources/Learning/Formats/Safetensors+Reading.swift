import Documents
import FoundationEssentials

extension Safetensors {
  /// The library's own limit for the header.
  private static let largestHeaderInBytes = 100_000_000

  public static func read(contentsOf path: String) throws(FormatError) -> Safetensors {
    try read(readFile(at: path), path: path)
  }

  /// Reads a file as strictly as the library does: the arrays cover the bytes after the header exactly,
  /// without gaps or overlaps. Messages call it `path`.
  public static func read(_ bytes: [UInt8], path: String) throws(FormatError) -> Safetensors {
    var reader = ByteReader(bytes, path: path)
    let length = try reader.unsigned(UInt64.self)
    guard length <= UInt64(largestHeaderInBytes) else {
      throw reader.malformed(.wrongStart(format: "safetensors"), at: 0)
    }
    let header = try reader.take(Int(length))
    guard header.first == UInt8(ascii: "{") else {
      throw reader.malformed(.wrongStart(format: "safetensors"), at: 8)
    }
    let document: Value
    do { document = try Value(json: Array(header)) } catch {
      throw reader.malformed(.header(error.errorDescription ?? "\(error)"), at: 8)
    }

    var result = Safetensors()
    var places: [Place] = []
    for (name, value) in document.map ?? [:] {
      if name == "__metadata__" {
        result.metadata = try metadata(value, reader)
      } else {
        places.append(try Place(name, value, reader))
      }
    }
    places.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    for place in places {
      guard place.start == reader.offset - 8 - Int(length) else {
        throw reader.malformed(.header("a gap or an overlap before '\(place.name)'"), at: 8)
      }
      let content = try reader.take(place.end - place.start)
      let array = NumericArray(shape: place.shape, .init(place.type, bytes: content))
      result.entries.append(Entry(place.name, array))
    }
    guard reader.left == 0 else { throw reader.malformed(.bytesAfterEnd(reader.left)) }
    return result
  }

  private static func metadata(
    _ value: Value, _ reader: ByteReader
  ) throws(FormatError) -> [String: String] {
    var metadata: [String: String] = [:]
    guard let map = value.map else {
      throw reader.malformed(.header("'__metadata__' is no map"), at: 8)
    }
    for (key, value) in map {
      guard let text = value.string else {
        throw reader.malformed(.header("'__metadata__' holds '\(key)', which is no text"), at: 8)
      }
      metadata[key] = text
    }
    return metadata
  }
}

/// Where the header says that an array lies: `start ≤ end`, exactly as far apart as its shape needs.
private struct Place {
  let name: String
  let type: NumericArray.ElementType
  let shape: [Int]
  let start: Int
  let end: Int

  init(_ name: String, _ value: Value, _ reader: ByteReader) throws(FormatError) {
    func problem(_ text: String) -> FormatError {
      reader.malformed(.header("'\(name)': \(text)"), at: 8)
    }
    guard let code = value["dtype"]?.string, let shape = sizes(value["shape"]),
      let offsets = sizes(value["data_offsets"]), offsets.count == 2
    else { throw problem("'dtype', 'shape' or 'data_offsets' is missing or malformed") }
    guard let type = Safetensors.codes.first(where: { $0.value == code })?.key else {
      let known = Safetensors.codes.values.sorted().joined(separator: ", ")
      throw reader.malformed(.unsupported("'\(name)' of type \(code) (\(known) can)"), at: 8)
    }
    guard offsets[0] <= offsets[1], let count = NumericArray.count(of: shape),
      case (let size, false) = count.multipliedReportingOverflow(by: type.sizeInBytes),
      size == offsets[1] - offsets[0]
    else { throw problem("shape \(shape) does not fill bytes \(offsets[0]) to \(offsets[1])") }
    self.name = name
    self.type = type
    self.shape = shape
    start = offsets[0]
    end = offsets[1]
  }
}

/// A list of integers ≥ 0.
private func sizes(_ value: Value?) -> [Int]? {
  guard let list = value?.list else { return nil }
  let sizes = list.compactMap { $0.int.flatMap { $0 >= 0 ? Int($0) : nil } }
  return sizes.count == list.count ? sizes : nil
}
