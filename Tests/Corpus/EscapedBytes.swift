/// Bytes as text: `\xNN` is one byte, `\(1000*TEXT\)` a text a thousand times; all else is itself.
public enum EscapedBytes {
  public static func read(_ text: String) -> [UInt8] { read(Array(text.utf8)[...]) }

  private static func read(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.first {
      let escape = byte == UInt8(ascii: "\\") ? rest.dropFirst().first : nil
      if escape == UInt8(ascii: "x"), let code = code(rest.dropFirst(2).prefix(2)) {
        bytes.append(code)
        rest = rest.dropFirst(4)
      } else if escape == UInt8(ascii: "("), let (repeated, behind) = repetition(rest.dropFirst(2))
      {
        bytes += repeated
        rest = behind
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return bytes
  }

  private static func code(_ digits: ArraySlice<UInt8>) -> UInt8? {
    UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// By doubling: megabytes one by one take their time in a debug build.
  private static func repeated(_ once: [UInt8], _ count: Int) -> [UInt8] {
    let wanted = once.count * count
    var all = once
    while all.count * 2 <= wanted { all += all }
    return all + all.prefix(wanted - all.count)
  }

  private static func repetition(_ text: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>)? {
    guard let star = text.firstIndex(of: UInt8(ascii: "*")),
      let count = Int(String(decoding: text[..<star], as: UTF8.self)),
      let end = text.indices.first(where: { text[$0...].starts(with: Array("\\)".utf8)) })
    else { return nil }
    let once = read(text[star..<end].dropFirst())
    return (repeated(once, count), text[end...].dropFirst(2))
  }
}
