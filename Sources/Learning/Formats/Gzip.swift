import CZlib

/// Reading of gzip files through zlib.
public enum Gzip {
  /// No more than this comes out of a file unless the caller says so: a few hundred compressed bytes
  /// can hold terabytes.
  public static let usualLimitInBytes = 4 << 30

  public static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// The content of a gzip file of one or several members, each checked against its CRC.
  ///
  /// Messages call it `path`.
  public static func inflated(
    _ bytes: [UInt8], path: String, limitInBytes: Int = usualLimitInBytes
  ) throws(FormatError) -> [UInt8] {
    guard isCompressed(bytes) else {
      throw .malformed(path: path, offset: 0, problem: .wrongStart(format: "gzip"))
    }
    var output: [UInt8] = []
    var offset = 0
    // Zero bytes after the last member are padding, as gzip itself takes them.
    while offset < bytes.count, offset == 0 || bytes[offset...].contains(where: { $0 != 0 }) {
      offset = try inflateMember(
        of: bytes, from: offset, into: &output, limitInBytes: limitInBytes, path: path)
    }
    return output
  }

  public static func inflatedIfNeeded(
    _ bytes: [UInt8], path: String, limitInBytes: Int = usualLimitInBytes
  ) throws(FormatError) -> [UInt8] {
    isCompressed(bytes) ? try inflated(bytes, path: path, limitInBytes: limitInBytes) : bytes
  }

  /// Appends the member that starts at `start`, and returns where the next one would. The `window` is
  /// zlib's: a gzip member and nothing else, or, at -15, deflated bytes without a header.
  static func inflateMember(
    of bytes: [UInt8], from start: Int, into output: inout [UInt8], limitInBytes: Int, path: String,
    window: Int32 = 16 + 15
  ) throws(FormatError) -> Int {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, window, ZLIB_VERSION, size) == Z_OK else {
      throw .malformed(path: path, offset: start, problem: .damagedCompression("out of memory"))
    }
    defer { inflateEnd(&stream) }

    var piece = [UInt8](repeating: 0, count: 256 << 10)
    var next = start
    while true {
      let given = min(bytes.count - next, 1 << 30)
      let (status, taken, made) = step(&stream, bytes[next..<next + given], into: &piece)
      next += taken
      guard made <= limitInBytes - output.count else {
        throw .malformed(path: path, offset: next, problem: .tooLarge(limit: limitInBytes))
      }
      output.append(contentsOf: piece[..<made])
      if status == Z_STREAM_END { return next }
      // Z_BUF_ERROR is no progress: nothing more to read although the member has not ended.
      guard status == Z_OK, taken > 0 || made > 0 else {
        let problem = status == Z_BUF_ERROR ? "ends early" : message(of: stream)
        throw .malformed(path: path, offset: next, problem: .damagedCompression(problem))
      }
    }
  }

  private static func step(
    _ stream: inout z_stream, _ input: ArraySlice<UInt8>, into piece: inout [UInt8]
  ) -> (status: Int32, taken: Int, made: Int) {
    input.withUnsafeBufferPointer { source in
      piece.withUnsafeMutableBufferPointer { room in
        // zlib's interface is older than `const`; it only reads here.
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, source.count - Int(stream.avail_in), room.count - Int(stream.avail_out))
      }
    }
  }

  private static func message(of stream: z_stream) -> String {
    stream.msg.map { String(cString: $0) } ?? "cannot be inflated"
  }
}
