/// The IDX files of MNIST and its relatives: one array, big-endian.
public enum IDX {
  public static func read(contentsOf path: String) throws(FormatError) -> NumericArray {
    try read(Gzip.inflatedIfNeeded(readFile(at: path), path: path), path: path)
  }

  /// Reads the bytes of a file that messages call `path`.
  public static func read(_ bytes: [UInt8], path: String) throws(FormatError) -> NumericArray {
    var reader = ByteReader(bytes, path: path)
    try reader.expect([0, 0], format: "IDX")
    let code = try reader.unsigned(UInt8.self)
    guard let type = types[code] else {
      throw reader.malformed(.unsupported("element type \(code) (8, 12, 13, 14 can)"), at: 2)
    }
    let dimensions = Int(try reader.unsigned(UInt8.self))
    var shape: [Int] = []
    for _ in 0..<dimensions { shape.append(Int(try reader.unsigned(UInt32.self, bigEndian: true))) }
    return try reader.array(type, shape: shape, order: .big, shapeOffset: 4)
  }

  private static let types: [UInt8: NumericArray.ElementType] = [
    8: .uint8, 12: .int32, 13: .float32, 14: .float64,
  ]
}
