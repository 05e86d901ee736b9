import Corpus
import Documents
import Testing

@Suite struct CanonicalTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a map put together from its members' bytes is the map`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var members: [String: Value] = ["\u{e000}": 1, "\u{10000}": 2, "a": 3, "": 4]
    for _ in 0..<random.next() % 20 {
      members["k\(random.next() % 50)"] = Value.random(depth: 3, using: &random)
    }
    let bytes = Value.canonicalMap(members.map { ($0.key, $0.value.canonicalBytes) })
    #expect(bytes == Value.map(members).canonicalBytes)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `reads back what it writes`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Value.random(depth: 4, using: &random)
    #expect(try Value(canonical: value.canonicalBytes) == value)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `two values have the same bytes if and only if they are equal`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let values = (0..<30).map { _ in Value.random(depth: 2, using: &random) }
    for left in values {
      for right in values {
        #expect((left == right) == (left.canonicalBytes == right.canonicalBytes))
        if left == right { #expect(left.hashValue == right.hashValue) }
      }
    }
  }

  static let different: [(Value, Value)] = [
    (1, 1.0), (1, "1"), (1, true), (1.0, "1.0"), (true, "true"), (nil, "null"), (nil, false),
    (["a": nil], [:]), (["a": nil], ["a": ""]), (0, false), ([], [:]), ([], ""), ([], nil),
    (-0.0, 0.0), (0.1, .float(0.1.nextUp)), (.float(.leastNonzeroMagnitude), 0.0),
    (.int(1 << 53), .int(1 << 53 + 1)), (.int(.max), .int(.max - 1)), (.int(.min), .int(.max)),
    (.int(1), .int(1 + 1 << 32)), ("1", "01"), ("i:1", 1), ("s:a", "a"), ("f:1.0", 1.0),
    (["ab", "c"], ["a", "bc"]), (["a", "b"], ["b", "a"]), ([["a"], "b"], ["a", ["b"]]),
    ([["a", "b"]], ["a", "b"]), (["a": ["b": 1]], ["a": 1, "b": 1]),
    (["a": 1, "b": 2], ["a": 2, "b": 1]),
    ("\u{e9}", "e\u{301}"), (["\u{e9}": 1], ["e\u{301}": 1]), ("a\r\nb", "a\nb"), ("", " "),
    ("a\u{0}", "a"), ("\u{fffd}", "?"), (.float(.infinity), .float(.greatestFiniteMagnitude)),
    (.float(.infinity), .float(-.infinity)), (.float(.nan), .float(.infinity)),
    (.float(.nan), "nan"),
  ]

  @Test(arguments: different)
  func `different meanings never share their bytes`(left: Value, right: Value) {
    #expect(left.canonicalBytes != right.canonicalBytes)
    #expect(left != right)
  }

  @Test func `equal meanings share their bytes`() {
    let first: Value = ["b": 1, "a": [1.5, "x"]]
    let second: Value = ["a": [1.5, "x"], "b": 1]
    #expect(first.canonicalBytes == second.canonicalBytes)
    #expect(Value.float(.nan).canonicalBytes == Value.float(-.nan).canonicalBytes)
    #expect(Value.float(.signalingNaN).canonicalBytes == Value.float(.nan).canonicalBytes)
    #expect(Value.float(10) == Value.float(1e1))
  }

  @Test(
    arguments: [
      (nil, "null"), (true, "true"), (20, #""i:20""#), (-7, #""i:-7""#), (0.01, #""f:0.01""#),
      (1.0, #""f:1.0""#), (-0.0, #""f:-0.0""#), (1e300, #""f:1e+300""#),
      (.float(.leastNonzeroMagnitude), #""f:5e-324""#),
      (.float(.infinity), #""f:inf""#), (.float(.nan), #""f:nan""#), ("lenet", #""s:lenet""#),
      ("", #""s:""#), ([], "[]"), ([:], "{}"), ([1, "a", nil], #"["i:1","s:a",null]"#),
      (["b": 1, "a": ["c": false]], #"{"a":{"c":false},"b":"i:1"}"#),
    ] as [(Value, String)])
  func `writes the one form`(value: Value, text: String) {
    #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text)
  }

  /// The example of RFC 8785, section 3.2.3: U+1F600 sorts before U+FB33, by its first surrogate.
  @Test func `keys are in the order of their UTF-16 code units`() {
    let value: Value = [
      "\u{20ac}": "Euro Sign", "\r": "Carriage Return",
      "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
      "\u{f6}": "Latin Small Letter O With Diaeresis",
    ]
    let text =
      #"{"\r":"s:Carriage Return","1":"s:One","\#u{80}":"s:Control","\#u{f6}":"s:Latin Small Letter O With Diaeresis","\#u{20ac}":"s:Euro Sign","\#u{1f600}":"s:Emoji: Grinning Face","\#u{fb33}":"s:Hebrew Letter Dalet With Dagesh"}"#
    #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text)
  }

  @Test func `strings are escaped as RFC 8785 says`() {
    let value: Value =
      "\u{20ac}$\u{0f}\nA'\u{42}\"\\\\\"/\u{8}\u{9}\u{c}\u{d}\u{0}\u{1f}\u{7f}\u{2028}"
    let text = #""s:€$\u000f\nA'B\"\\\\\"/\b\t\f\r\u0000\u001f\#u{7f}\#u{2028}""#
    #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text)
  }
}
