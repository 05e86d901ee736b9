extension KeyPair {
  /// Pairs of one meaning, however differently it is said.
  static let same: [KeyPair] = spellings + layouts + surroundings

  private static let spellings: [KeyPair] =
    [
      ("1.0", "1.00"), ("1.0", "1e0"), ("1.0", "10e-1"), ("1.0", "0.1E+1"), ("0.5", ".5"),
      ("5.0", "5."), ("1", "+1"), ("0", "-0"), ("16", "0x10"), ("16", "0o20"), ("255", "0xFf"),
      ("7", "007"), ("null", "~"), ("null", "Null"), ("null", ""), ("true", "TRUE"),
      ("false", "False"), ("0.1", "0.1000000000000000055511151231257827"), ("0.0", "0e10"),
      ("word", "'word'"), ("word", #""word""#), (#""\x61b""#, "ab"), (#""\u00e9""#, "\u{E9}"),
      ("'it''s'", #""it's""#), (#""a\tb""#, "'a\tb'"), ("yes", "'yes'"), ("1_000", "'1_000'"),
      ("[1, 2]", "[ 1,2, ]"), ("{ a: 1, b: 2 }", "{ b: 2, a: 1 }"), ("{ 1: a }", "{ '1': a }"),
      ("{ a: }", "{ a: null }"), ("{ a }", "{ a: ~ }"), (#"{ "a": 1 }"#, #"{ "\x61": 1 }"#),
      (#""$$""#, "$$"),
    ].map { KeyPair(untyped: $0, $1) } + [
      KeyPair(float: "1", "1.0"), KeyPair(float: "-0", "0.0"), KeyPair(float: "1e2", "100"),
      KeyPair(float: "0.5", "5e-1"), KeyPair(float: "9007199254740993", "9007199254740992.0"),
      KeyPair("numbers", .kind("momenta: [1, 0]"), .kind("momenta: [1.0, 0.0]")),
      KeyPair("a default", .kind("rate: 0.5, epochs: 20"), .kind("")),
      KeyPair("none", .kind("patience: null"), .kind("")),
      KeyPair("a case", .kind("optimizer: sgd"), .kind("optimizer: { sgd: { lr: 0.01 } }")),
      KeyPair("an empty case", .kind("optimizer: { sgd: }"), .kind("optimizer: sgd")),
      KeyPair("keys of a map", .kind("flips: { 1: 2, 3: 4 }"), .kind("flips: { '3': 4, '1': 2 }")),
    ]

  private static let base = """
    seed: 1
    stages:
      s:
        run: go ${inputs.a} ${outputs.o}
        inputs: { a: file:a }
        outputs: { o: o }
        config: { text: "one\\ntwo\\n", list: [1, [2.5, x]], map: { b: 1, a: { c: null } } }
        env: { A: x, B: "y z" }
    """

  private static let layouts: [KeyPair] = [
    (
      "in lines, in another order, with comments",
      """
      # a comment
      stages:   # another
         s:

             env:
               B: y z
               A: 'x'
             config:
               map:
                 a:
                   c:
                 b: 1
               list:
               - 1
               -
                 - 2.5
                 - x
               text: |
                 one
                 two
             outputs:
               o: "o"
             inputs:
               a: file:a
             run: >-
               go ${inputs.a}
               ${outputs.o}
      seed: 1
      """
    ),
    ("other line ends of the file", base.replacing("\n", with: "\r\n")),
    ("lines that end as of old", base.replacing("\n", with: "\r")),
    ("a byte order mark", "\u{FEFF}" + base), ("a document's marks", "---\n\(base)\n...\n"),
    ("a version", "%YAML 1.2\n---\n" + base),
    ("spaces at the ends", base.replacing(" }\n", with: " }   \n")),
    ("deeper", base.replacing("\n  ", with: "\n      ")),
    ("a name", "name: x\n" + base),
    ("another stage's name", base.replacing("s:\n    run", with: "t:\n    run")),
    ("a stage more", base + "\n  z: { run: other, outputs: { o: o } }"),
    ("params that nobody refers to", "params: { a: 1 }\n" + base),
    (
      "params",
      "params: { c: { text: \"one\\ntwo\\n\", list: [1, [2.5, x]], map: { b: 1, a: { c: null } } }, x: x, two: \"${params.z} z\", z: y, a: file:a, run: go }\n"
        + """
        seed: 1
        stages:
          s:
            run: ${params.run} ${inputs.a} ${outputs.o}
            inputs: { a: "${params.a}" }
            outputs: { o: o }
            config: "${params.c}"
            env: { A: "${params.x}", B: "${params.z} z" }
        """
    ),
    ("spaces in references", base.replacing("${inputs.a}", with: "${ inputs.a }")),
    (
      "the seed at the stage",
      base.replacing("seed: 1\n", with: "seed: 2\n").replacing(
        "  s:\n", with: "  s:\n    seed: 1\n")
    ),
    (
      "limits",
      base + "\n    timeout: 1h\n    retries: 3\n    threads: 2\n    resources: { memory: 1GiB }"
    ),
    ("a sandbox", base + "\n    sandbox: on"), ("no tools", base + "\n    tools: []"),
    ("what counts as the same", base + "\n    reproducible: none"),
    ("a folder's slash", base.replacing("{ o: o }", with: "{ o: o/ }")),
    ("an input in full", base.replacing("{ a: file:a }", with: "{ a: { from: file:a } }")),
  ].map { KeyPair($0, Keyed(base), Keyed($1)) }

  private static let surroundings: [KeyPair] = [
    KeyPair(
      "another file of the same content", .command(),
      Keyed.command(inputs: "{ a: file:deep/er, b: file:b }").finding(files: ["deep/er": "a"])),
    KeyPair(
      "another stage of the same content",
      Keyed("stages: { up: { uses: constant }, s: { uses: sampled, inputs: { one: up.text } } }"),
      Keyed(
        "stages: { down: { uses: constant }, s: { uses: sampled, inputs: { one: down.text } } }")),
    KeyPair(
      "tools in another order, one twice", .command("tools: [a, b]"), .command("tools: [b, a, b]")),
    KeyPair("empty maps", .command("env: {}\n    config: {}"), .command("")),
    KeyPair(
      "an override | the file", .kind("rate: 0.25"), Keyed.kind("").setting("stages.s.rate=0.25")),
    KeyPair(
      "an override of the seed", .kind("", "seed: 7"), Keyed.kind("").setting("stages.s.seed=7")),
    KeyPair(
      "an override of a case", .kind("optimizer: { adam: { lr: 1 } }"),
      Keyed.kind("optimizer: adam").setting("stages.s.optimizer.adam.lr=1.0")),
    KeyPair(
      "limits of a kind", .kind(""),
      .kind("", "seed: 1, timeout: 90s, retries: 2, resources: { threads: 1 }")),
    KeyPair(
      "a field that is not in the key",
      Keyed("stages: { s: { uses: constant, config: { note: a } } }"),
      Keyed("stages: { s: { uses: constant, config: { note: b } } }")),
    KeyPair(
      "a seed that nobody draws from", Keyed("stages: { s: { uses: constant } }"),
      Keyed("seed: 9\nstages: { s: { uses: constant } }")),
  ]
}
