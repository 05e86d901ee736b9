import Foundation
import Testing

/// What commands print and how they exit.
@Suite struct CommandTests {
  /// Two stages that take no time: enough to see a command at work.
  private static let small = """
    name: small
    seed: 3
    stages:
      digits:
        uses: csv-dataset
        inputs: { train: "file:digits.csv" }
        config: { test_every: 4, scale: 16 }
      noisy:
        uses: label-noise
        inputs: { dataset: digits.dataset }
        config: { type: symmetric, rate: 0.5 }
    """

  /// A table of 12 samples of 3 classes.
  private static let table = (0..<12).map { "\($0),\(16 - $0),\($0 % 3)" }.joined(separator: "\n")

  private func small() throws -> Workspace {
    let space = try Workspace()
    try space.write("small.yaml", Self.small)
    try space.write("digits.csv", Self.table)
    return space
  }

  @Test func `help and version go to standard output and exit 0`() async throws {
    let space = try Workspace()
    let help = try await space.repro("--help")
    #expect(help.status == 0)
    #expect(help.output.contains("rerun"))
    #expect(!help.output.contains("execute-job"))
    #expect(try await space.repro("--version").status == 0)
  }

  @Test(arguments: [
    ["frobnicate"], ["run"], ["run", "missing.yaml"], ["run", "small.yaml", "--jobs", "0"],
    ["rerun", "abc"], ["show", "../../etc/passwd"], ["show", String(repeating: "a", count: 5000)],
    ["stages", "pretrian"], ["cache", "show", "zz"], ["run", "small.yaml", "--force", "nosie"],
    ["plan", "small.yaml", "--set", "nonsense"], ["runs", "--cache", "nowhere"],
    ["cache", "gc", "--keep-runs", "-1"],
  ])
  func `a wrong request exits 2 with a message`(arguments: [String]) async throws {
    let space = try small()
    let result = try await space.repro(arguments)
    #expect(result.status == 2, "\(result.output)\(result.errors)")
    #expect(result.output == "")
    #expect(result.errors.count > 10)
    #expect(result.errors.count < 4_000)
  }

  @Test func `every problem of a file is told at once, with its place and the nearest name`()
    async throws
  {
    let space = try small()
    try space.write(
      "broken.yaml",
      """
      stages:
        digits:
          uses: csv-dataset
          inputs: { train: "file:digits.csv" }
        noisy:
          uses: label-noise
          inputs: { dataset: digit.dataset }
          config: { typo: symmetric, type: symetric, rate: 1.5 }
      """)
    let result = try await space.repro("run", "broken.yaml")
    #expect(result.status == 2)
    #expect(result.errors.contains("error: broken.yaml:7:24: "))
    #expect(result.errors.contains("error: broken.yaml:8:15: "))
    #expect(result.errors.contains("did you mean 'digits'?"))
    #expect(result.errors.contains("did you mean 'symmetric'?"))
    #expect(result.errors.components(separatedBy: "error: ").count == 5)
    #expect(!FileManager.default.fileExists(atPath: "\(space.path)/cache"))
  }

  @Test(arguments: [
    "", "stages: {}\n", "a: &a [x, x]\nb: *a\n",
    "stages:\n  a: { uses: fetch }\n  a: { uses: fetch }\n",
    "\u{0}", "- 1\n", "stages: [", "%YAML 9\n---\n", "stages: 3", "!!python/object x",
  ])
  func `no pipeline file is a trap`(text: String) async throws {
    let space = try Workspace()
    try space.write("p.yaml", text)
    let result = try await space.repro("run", "p.yaml")
    #expect(result.status == 2, "\(result.output)\(result.errors)")
    #expect(result.errors.hasPrefix("error: p.yaml"))
  }

  @Test func `a missing file and a stage that fails are named`() async throws {
    let space = try small()
    let missing = try await space.repro(
      "run", "small.yaml", "--set", "stages.digits.inputs.train=file:no.csv")
    #expect(missing.status == 2, "\(missing.errors)")
    #expect(missing.errors.contains("no.csv"))
    try space.write("digits.csv", Self.table + "\n1,x,2\n")
    let failed = try await space.repro("run", "small.yaml")
    #expect(failed.status == 1)
    #expect(failed.errors.contains("error: stage 'digits': "))
    #expect(failed.errors.contains("'x' is no number"))
    try space.write("digits.csv", Self.table)
    #expect(try await space.repro("run", "small.yaml").status == 0)
  }

  @Test(arguments: ["/proc/nowhere", "/proc/nowhere/deeper", "digits.csv", "digits.csv/cache"])
  func `a cache that cannot be made is a message`(path: String) async throws {
    let space = try small()
    let result = try await space.repro("run", "small.yaml", "--cache", path)
    #expect(result.status == 1, "\(result.status) \(result.errors)")
    #expect(result.errors.hasPrefix("error: "))
    #expect(result.errors.contains(path.hasPrefix("/proc") ? "/proc/nowhere" : "digits.csv"))
  }

  @Test func `fetch takes a mirror's bytes, and a wrong checksum names both`() async throws {
    let space = try Workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/mirror", withIntermediateDirectories: true)
    try space.write("mirror/hello.txt", "hello\n")
    let right = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    func pipeline(_ url: String, _ sha256: String) -> String {
      "stages:\n  get:\n    uses: fetch\n    config: { files: { h: { url: \"\(url)\", sha256: \(sha256) } } }\n"
    }
    let mirror = ["REPRO_MIRROR": "mirror"]
    try space.write("one.yaml", pipeline("https://example.org/hello.txt", right))
    let one = try await space.repro(["run", "one.yaml", "--format", "json"], environment: mirror)
    #expect(one.status == 0, "\(one.errors)")

    // Another address, the same content: nothing is fetched.
    try space.write("two.yaml", pipeline("https://example.com/elsewhere", right))
    let two = try await space.repro("run", "two.yaml", "--format", "json")
    #expect(two.status == 0, "\(two.errors)")
    #expect(try two.executed() == [])
    #expect(try two.json()["run"] as? String == one.json()["run"] as? String)

    let wrong = String(repeating: "a", count: 64)
    try space.write("three.yaml", pipeline("https://example.org/hello.txt", wrong))
    let three = try await space.repro(["run", "three.yaml"], environment: mirror)
    #expect(three.status == 1)
    #expect(three.errors.contains(right))
    #expect(three.errors.contains(wrong))

    try space.write("four.yaml", pipeline("https://example.org/other.txt", wrong))
    let four = try await space.repro(["run", "four.yaml"], environment: mirror)
    #expect(four.status == 1)
    #expect(four.errors.contains("has no 'other.txt'"))

    let rerun = try await space.repro("rerun", try #require(one.json()["run"] as? String))
    #expect(rerun.status == 0, "\(rerun.errors)")
  }

  @Test func `every listing prints JSON that reads back`() async throws {
    let space = try small()
    let run = try await space.repro("run", "small.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let hash = try #require(run.json()["run"] as? String)
    let digest = try #require(run.digests()["noisy.transition"])
    let models = try await space.repro("stages", "pretrain")
    #expect(models.output.contains("[1, 28, 28]      61,706"), "\(models.output)")
    for arguments in [
      ["runs"], ["show", hash], ["plan", "small.yaml"], ["stages"], ["stages", "fine-tune"],
      ["cache", "ls"], ["cache", "show", digest], ["cache", "verify"], ["cache", "du"],
      ["cache", "gc", "--dry-run"], ["rerun", hash], ["run", "small.yaml", "--dry-run"],
    ] {
      let result = try await space.repro(arguments + ["--format", "json"])
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      _ = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let text = try await space.repro(arguments)
      #expect(text.status == 0)
      #expect(!text.output.isEmpty)
    }
  }

  @Test func `an output is copied out as numpy would write it`() async throws {
    let space = try small()
    let run = try await space.repro("run", "small.yaml", "--format", "json")
    let digest = try #require(run.digests()["noisy.transition"])
    let show = try await space.repro("cache", "show", String(digest.prefix(10)), "--to", "T.npy")
    #expect(show.status == 0, "\(show.errors)")
    #expect(
      try space.read("T.npy").starts(
        with: Data("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })))
  }

  @Test func `collection keeps what runs need and takes the rest`() async throws {
    let space = try small()
    #expect(try await space.repro("run", "small.yaml").status == 0)
    let other = try await space.repro("run", "small.yaml", "--set", "stages.noisy.rate=0.1")
    #expect(other.status == 0)
    let collected = try await space.repro("cache", "gc", "--keep-runs", "1")
    #expect(collected.status == 0, "\(collected.errors)")
    let kept = try await space.repro(
      "run", "small.yaml", "--set", "stages.noisy.rate=0.1", "--format", "json")
    #expect(try kept.executed() == [])
    let gone = try await space.repro("run", "small.yaml", "--format", "json")
    #expect(try gone.executed() == ["noisy"])
    #expect(try await space.repro("cache", "verify").status == 0)
  }
}
