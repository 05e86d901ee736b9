/// A small picture as a PNG file: 256 colours at most, nothing compressed.
///
/// Source: W3C, "Portable Network Graphics", third edition; RFC 1950 and 1951 for the stored blocks.
package enum PNG {
  /// `pixels` are places in `colours`, row by row; both fit: at most 256 colours, `width` times rows pixels.
  package static func bytes(width: Int, colours: [Colour], pixels: [UInt8]) -> [UInt8] {
    let height = pixels.count / width
    var rows: [UInt8] = []
    for row in 0..<height { rows += [0] + pixels[row * width..<(row + 1) * width] }
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("PLTE", colours.flatMap { [$0.red, $0.green, $0.blue] })
      + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// The same as an address that a page can hold.
  package static func address(width: Int, colours: [Colour], pixels: [UInt8]) -> String {
    "data:image/png;base64," + base64(bytes(width: width, colours: colours, pixels: pixels))
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(0xFFFF)
      rest = rest.dropFirst(piece.count)
      let size = UInt16(piece.count)
      out += [rest.isEmpty ? 1 : 0]
      for number in [size, ~size] { out += [UInt8(number & 0xFF), UInt8(number >> 8)] }
      out += piece
    } while !rest.isEmpty
    var (a, b) = (UInt32(1), UInt32(0))
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return out + bigEndian(b << 16 | a)
  }

  private static func chunk(_ name: StaticString, _ data: [UInt8]) -> [UInt8] {
    let named = Array("\(name)".utf8) + data
    return bigEndian(UInt32(data.count)) + named + bigEndian(CRC32.ieee.checksum(of: named))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      var quad: [UInt8] = []
      for _ in 0..<4 {
        quad.insert(letters[bits & 63], at: 0)
        bits >>= 6
      }
      for place in part.count + 1..<5 where place < 4 { quad[place] = UInt8(ascii: "=") }
      text += quad
    }
    return String(decoding: text, as: UTF8.self)
  }
}
