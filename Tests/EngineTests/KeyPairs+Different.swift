extension KeyPair {
  /// Pairs of different meanings, however much alike they look.
  static let different: [KeyPair] = values + commands + kinds

  /// In a command's config nothing has a type but by the way it is written.
  private static let values: [KeyPair] =
    [
      ("1", #""1""#), ("1", "1.0"), ("1", "true"), ("1.0", #""1.0""#), ("true", #""true""#),
      ("null", "~~"), ("null", #""null""#), ("null", #""""#), ("null", "[]"), ("null", "{}"),
      ("null", "0"), ("null", "false"), ("[]", "{}"), ("[]", "[[]]"), ("[null]", "[]"),
      ("0.0", "-0.0"), ("0", "0.0"), ("0", "-0.0"), ("0", "false"), ("1e16", "10000000000000000"),
      ("0.1", "0.10000000000000002"), ("1e300", "1.0000000000000002e300"), ("5e-324", "1e-323"),
      ("9007199254740992", "9007199254740993"), ("9007199254740993", "9007199254740992.0"),
      ("9223372036854775807", "9223372036854775806"),
      ("-9223372036854775808", "-9223372036854775807"), ("4294967296", "0"), ("4294967297", "1"),
      ("-1", "4294967295"), ("[1, 2]", "[2, 1]"), ("[1, 2]", "[1, 2, 2]"), ("[[1], 2]", "[1, [2]]"),
      ("[[1, 2]]", "[1, 2]"), (#"["ab", "c"]"#, #"["a", "bc"]"#), (#"["a,b"]"#, "[a, b]"),
      ("{ a: { b: 1 } }", "{ a.b: 1 }"), ("{ a: 1, b: 2 }", "{ a: 2, b: 1 }"),
      ("{ a: 1 }", "[a, 1]"),
      ("{ a: 1, b: null }", "{ a: 1 }"), ("{ 1: a }", #"{ "01": a }"#), ("{ a: 1 }", "{ A: 1 }"),
      ("\u{E9}", "e\u{301}"), ("{ \u{E9}: 1 }", "{ e\u{301}: 1 }"), ("\u{430}", "a"),
      ("\u{FB01}", "fi"),
      ("K", "\u{212A}"), ("\u{C5}", "\u{212B}"), ("a", "A"), ("a", #""a ""#), ("a", #""a\0""#),
      (#""a b""#, #""a\u00a0b""#), ("a", #""a\u200b""#), (#""a\r\n""#, #""a\n""#), ("a", #""a\n""#),
      (#""\n""#, #"'\n'"#), (#""\t""#, #""    ""#), ("yes", "true"), ("12:30", "750"),
      ("1_000", "1000"),
      ("0777", "0o777"), ("i:1", "1"), ("f:1.0", "1.0"), ("s:a", "a"),
      (#""\ufffd""#, #""\ufffd\ufffd""#),
      ("2001-01-01", "2001-01-02"), ("1.7976931348623157e308", "1.7976931348623155e308"),
      (#""${params.a}""#, #""$${params.a}""#),
    ].map { one, other in
      let needsParam = one.contains("${")
      let pair = KeyPair(untyped: one, other)
      guard needsParam else { return pair }
      let params = "params: { a: 1 }\n"
      return KeyPair(pair.title, Keyed(params + pair.one.text), Keyed(params + pair.other.text))
    } + [
      KeyPair("a key and null | no key", .config("x: null"), .config("")),
      KeyPair("one key | another", .config("x: 1"), .config("y: 1")),
      KeyPair(
        "lines of a value end otherwise", .config(#"x: "a\r\nb""#), .config(#"x: "a\nb""#)),
    ]

  private static let commands: [KeyPair] = [
    KeyPair("a line | its words", .command(run: "go x"), .command(run: "[go, x]")),
    KeyPair("other words", .command(run: "[go, x y]"), .command(run: "[go, x, y]")),
    KeyPair("an empty word", .command(run: "[go, '']"), .command(run: "[go]")),
    KeyPair("spaces of a line", .command(run: "go x"), .command(run: "go  x")),
    KeyPair(
      "inputs in another order", .command(run: #""go ${inputs.a} ${inputs.b}""#),
      .command(run: #""go ${inputs.b} ${inputs.a}""#)),
    KeyPair(
      "a reference | its characters", .command(run: #""go ${inputs.a}""#),
      .command(run: #""go $${inputs.a}""#)),
    KeyPair(
      "a reference | its path", .command(run: #""go ${inputs.a}""#), .command(run: "go inputs/a")),
    KeyPair(
      "a reference | a param that spells it", .command(run: #""go ${inputs.a}""#),
      Keyed(
        "params: { p: \"$${inputs.a}\" }\n" + Keyed.command(run: #""go ${params.p}""#).text)),
    KeyPair(
      "inputs exchanged", .command(), .command(inputs: "{ a: file:b, b: file:a }")),
    KeyPair(
      "an input renamed", .command(run: "go"),
      .command(run: "go", inputs: "{ a: file:a, c: file:b }")),
    KeyPair("an input more", .command(), .command(inputs: "{ a: file:a, b: file:b, c: file:c }")),
    KeyPair("another content", .command(), Keyed.command().finding(files: ["a": "A"])),
    KeyPair(
      "another item", .command(inputs: "{ a: up.o/x }").withUpstream,
      .command(inputs: "{ a: up.o/y }").withUpstream),
    KeyPair(
      "a place", .command(), .command(inputs: "{ a: { from: file:a, at: x }, b: file:b }")),
    KeyPair(
      "another place", .command(inputs: "{ a: { from: file:a, at: x } }"),
      .command(inputs: "{ a: { from: file:a, at: y } }")),
    KeyPair("an output's path", .command(), .command(outputs: "{ o: p }")),
    KeyPair(
      "an output's name", .command(run: "go"), .command(run: "go", outputs: "{ p: o }")),
    KeyPair("an output more", .command(), .command(outputs: "{ o: o, p: p }")),
    KeyPair(
      "outputs exchanged", .command(outputs: "{ o: x, p: y }"),
      .command(outputs: "{ o: y, p: x }")),
    KeyPair("a variable", .command(), .command("env: { A: x }")),
    KeyPair("an empty variable", .command(), .command("env: { A: '' }")),
    KeyPair("a variable's name", .command("env: { A: x }"), .command("env: { B: x }")),
    KeyPair("a variable's value", .command("env: { A: x }"), .command("env: { A: 'x ' }")),
    KeyPair(
      "a variable's reference | its characters", .command(#"env: { A: "${inputs.a}" }"#),
      .command(#"env: { A: "$${inputs.a}" }"#)),
    KeyPair("a tool", .command(), .command("tools: [sh]")),
    KeyPair(
      "a tool's content", .command("tools: [sh]"),
      Keyed.command("tools: [sh]").finding(programs: ["sh": "another"])),
    KeyPair(
      "another tool of the same content",
      Keyed.command("tools: [ash]").finding(programs: ["ash": "x"]),
      Keyed.command("tools: [bash]").finding(programs: ["bash": "x"])),
    KeyPair("a sandbox", .command(), .command("sandbox: off")),
    KeyPair("a seed", .command("seed: 1"), .command("seed: 2")),
    KeyPair("no seed | zero", .command("seed: null"), .command("seed: 0")),
    KeyPair("a seed modulo 2^32", .command("seed: 1"), .command("seed: 4294967297")),
    KeyPair("no seed of its own", .command(""), .command("seed: 1")),
  ]

  private static let kinds: [KeyPair] = [
    KeyPair(float: "0.1", "0.10000000000000002"), KeyPair(float: "0.0", "-0.0"),
    KeyPair(float: "1", "1.0000000000000002"),
    KeyPair(float: "9007199254740992", "9007199254740994"),
    KeyPair("a whole number", .kind("epochs: 4294967297"), .kind("epochs: 1")),
    KeyPair("beyond 2^53", .kind("epochs: 9007199254740993"), .kind("epochs: 9007199254740992")),
    KeyPair("none | zero", .kind("patience: null"), .kind("patience: 0")),
    KeyPair("text in two forms", .kind("text: \u{E9}"), .kind("text: e\u{301}")),
    KeyPair("true", .kind("augment: true"), .kind("augment: false")),
    KeyPair("order", .kind("momenta: [1, 2]"), .kind("momenta: [2, 1]")),
    KeyPair("none | the default", .kind("momenta: []"), .kind("")),
    KeyPair("a map turned round", .kind("flips: { 1: 2 }"), .kind("flips: { 2: 1 }")),
    KeyPair("a case with the same fields", .kind("optimizer: sgd"), .kind("optimizer: adam")),
    KeyPair("a nested field", .kind("stop: { by: x }"), .kind("stop: { by: y }")),
    KeyPair("a field | another of that value", .kind("text: x"), .kind("stop: { by: x }")),
    KeyPair("seeds modulo 2^32", .kind("", "seed: 0"), .kind("", "seed: 4294967296")),
    KeyPair(
      "large seeds", .kind("", "seed: 9223372036854775807"), .kind("", "seed: 9223372036854775806")),
    KeyPair(
      "inputs exchanged", .kind(""),
      Keyed.kind("").replacing("one: file:a, two: file:b", with: "one: file:b, two: file:a")),
    KeyPair(
      "an input at one place | at the other", Keyed.kind("").replacing("two: file:b", with: ""),
      Keyed.kind("").replacing("one: file:a,", with: "").replacing("file:b", with: "file:a")),
    KeyPair(
      "another kind", Keyed("stages: { s: { uses: constant } }"),
      Keyed("stages: { s: { uses: sampled } }")),
  ]
}

extension Keyed {
  /// With a stage `up` before the one that is looked at.
  fileprivate var withUpstream: Keyed {
    replacing("stages:\n", with: "stages:\n  up: { run: go, outputs: { o: o } }\n")
  }
}
