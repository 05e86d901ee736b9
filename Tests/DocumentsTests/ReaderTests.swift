import Corpus
import Documents
import Testing

@Suite struct ReaderTests {
  @Test(
    arguments: [
      #" {"a":"i:1"}"#, #"{"a":"i:1"} "#, #"{"a": "i:1"}"#, #"{"b":"i:1","a":"i:1"}"#, #""i:01""#,
      #""i:+1""#, #""i:-0""#, #""f:1""#, #""f:1e0""#, #""f:0x1p0""#, #""f:infinity""#,
      #""f:nan(0x1)""#,
      #""f:-nan""#, #""f:.5""#, #""s:\u0041""#, #""s:\/""#, #""s:\u000A""#, #""s:\u000F""#,
    ])
  func `refuses what is nearly canonical`(text: String) {
    #expect(throws: DocumentError.notCanonical) { try Value(canonical: Array(text.utf8)) }
  }

  @Test(
    arguments: [
      ("", .endsEarly), ("{", .endsEarly), ("[1", .untypedScalar(at: 1)),
      ("1", .untypedScalar(at: 0)),
      (#""x""#, .untypedScalar(at: 0)), (#""x:1""#, .untypedScalar(at: 0)),
      (#""i:x""#, .numberOutOfRange("x", at: 0)),
      (#""i:9223372036854775808""#, .numberOutOfRange("9223372036854775808", at: 0)),
      (#""f:abc""#, .numberOutOfRange("abc", at: 0)), ("nul", .endsEarly),
      (#"{"a":null,"a":null}"#, .duplicateKey("a", at: 10)),
    ] as [(String, DocumentError)])
  func `says why canonical bytes are refused`(text: String, error: DocumentError) {
    #expect(throws: error) { try Value(canonical: Array(text.utf8)) }
  }

  @Test(
    arguments: [
      ("1", 1), ("-1", -1), ("0", 0), ("-0", 0), ("1.0", 1.0), ("1e2", 100.0), ("1E-2", 0.01),
      ("-0.0", -0.0), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
      ("9223372036854775808", 9223372036854775808.0), (" [ 1 , 2 ] ", [1, 2]), ("{}", [:]),
      (#"{"a":{"b":[null,true,false]}}"#, ["a": ["b": [nil, true, false]]]),
      (#""\u00e9\ud83d\ude00\/\"\b\f\n\r\t\\""#, "é😀/\"\u{8}\u{c}\n\r\t\\"), (#""i:1""#, "i:1"),
      ("\t\r\n null", nil),
    ] as [(String, Value)])
  func `reads ordinary JSON`(text: String, value: Value) throws {
    #expect(try Value(json: Array(text.utf8)) == value)
  }

  @Test(
    arguments: [
      ("", .endsEarly), ("[", .endsEarly), ("[1,]", .unexpectedByte(0x5d, at: 3)),
      ("[1 2]", .unexpectedByte(0x32, at: 3)), ("{\"a\" 1}", .unexpectedByte(0x31, at: 5)),
      ("{\"a\":1,}", .unexpectedByte(0x7d, at: 7)), ("{1:2}", .unexpectedByte(0x31, at: 1)),
      ("01", .unexpectedByte(0x31, at: 1)), ("-", .endsEarly), ("+1", .unexpectedByte(0x2b, at: 0)),
      ("1.", .endsEarly), (".5", .unexpectedByte(0x2e, at: 0)), ("1e", .endsEarly),
      ("1e999", .numberOutOfRange("1e999", at: 0)), ("NaN", .unexpectedByte(0x4e, at: 0)),
      ("nullx", .unexpectedByte(0x78, at: 4)), ("1 1", .unexpectedByte(0x31, at: 2)),
      ("\"\n\"", .unexpectedByte(0x0a, at: 1)), ("\"\\x\"", .invalidEscape(at: 1)),
      ("\"\\ud800\"", .invalidEscape(at: 1)), ("\"\\udc00\\ud800\"", .invalidEscape(at: 1)),
      ("\"\\ud800\\u0041\"", .invalidEscape(at: 1)), ("\"\\u00g0\"", .invalidEscape(at: 1)),
      ("\"\\u12", .endsEarly), ("\"abc", .endsEarly), ("\u{feff}1", .unexpectedByte(0xef, at: 0)),
      ("{\"\u{e9}\":1,\"e\u{301}\":2}", .duplicateKey("e\u{301}", at: 8)),
    ] as [(String, DocumentError)])
  func `says why JSON is refused, and where`(text: String, error: DocumentError) {
    #expect(throws: error) { try Value(json: Array(text.utf8)) }
  }

  @Test(arguments: [
    [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
  ])
  func `refuses invalid UTF-8`(bytes: [UInt8]) {
    #expect(throws: DocumentError.invalidUTF8(at: 0)) { try Value(json: bytes) }
  }

  @Test func `nesting is bounded`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try Value(json: nested(100))
    _ = try Value(canonical: nested(100))
    #expect(throws: DocumentError.tooDeep(at: 100)) { try Value(json: nested(101)) }
    #expect(throws: DocumentError.tooDeep(at: 100)) { try Value(canonical: nested(1_000_000)) }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `any bytes are safe to try`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      let value = Value.random(depth: 4, using: &random)
      var bytes = Bool.random(using: &random) ? value.canonicalBytes : Array(value.json().utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.insert(contentsOf: bytes.prefix(place), at: place)
        default: if place < bytes.count { bytes[place] = .random(in: 0...255, using: &random) }
        }
      }
      // What is taken is taken for what it is.
      if let read = try? Value(canonical: bytes) { #expect(read.canonicalBytes == bytes) }
      if let read = try? Value(json: bytes) {
        #expect((try? Value(json: Array(read.json().utf8))) == read)
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `JSON reads back as the same value, but for what JSON has not`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Value.random(depth: 4, using: &random)
    let expected = withoutNaN(value)
    #expect(try Value(json: Array(value.json().utf8)) == expected)
    #expect(try Value(json: Array(value.json(pretty: true).utf8)) == expected)
  }

  private func withoutNaN(_ value: Value) -> Value {
    switch value {
    case .float(let number) where !number.isFinite: .null
    case .list(let items): .list(items.map(withoutNaN))
    case .map(let members): .map(members.mapValues(withoutNaN))
    default: value
    }
  }

  @Test func `pretty JSON is indented by two, with keys in order`() {
    let value: Value = ["b": [1, [:], []], "a": 0.5]
    let text = """
      {
        "a": 0.5,
        "b": [
          1,
          {},
          []
        ]
      }
      """
    #expect(value.json(pretty: true) == text)
    #expect(value.json() == #"{"a":0.5,"b":[1,{},[]]}"#)
  }

  @Test func `messages say what and where`() {
    #expect(
      DocumentError.unexpectedByte(0x5d, at: 3).errorDescription == "unexpected ']' at byte 3")
    #expect(
      DocumentError.unexpectedByte(0, at: 3).errorDescription == "unexpected byte 0x0 at byte 3")
  }
}
