import Foundation
import Testing

/// `results` and `compare`, by the built program.
@Suite struct ResultsTests {
  /// A study of programs that take no time: the error falls with the epochs, and depends on seed and rate.
  private static let study = """
    name: study
    seed: 1
    params: { rate: 0.2, epochs: 3 }
    stages:
      train:
        run: [awk, -v, "rate=${params.rate}", -v, "epochs=${params.epochs}", "-f", "${inputs.script}"]
        inputs: { script: "file:train.awk" }
        outputs: { metrics: metrics.jsonl }
    results:
      last error: { of: train.metrics, metric: error, better: lower }
      error at best: { of: train.metrics, metric: error, at: { best: test/accuracy } }

    """

  private static let script = """
    BEGIN {
      seed = ENVIRON["REPRO_SEED"]
      for (epoch = 1; epoch <= epochs; epoch++)
        printf "{\\"epoch\\":%d,\\"error\\":%.4f,\\"test/accuracy\\":%.4f}\\n", epoch, \\
          rate + seed / 100 + 1 / epoch, epoch == 2 ? 0.9 : 0.5 > "metrics.jsonl"
    }

    """

  private func workspace() throws -> Workspace {
    let space = try Workspace()
    try space.write("study.yaml", Self.study)
    try space.write("train.awk", Self.script)
    return space
  }

  /// The hashes of a run for each list of overrides.
  private func run(_ settings: [[String]], in space: borrowing Workspace) async throws -> [String] {
    var hashes: [String] = []
    for setting in settings {
      let run = try await space.repro(
        ["run", "study.yaml", "--format", "json"] + setting.flatMap { ["--set", $0] })
      try #require(run.status == 0, "\(run.errors)")
      hashes.append(String(try #require(run.json()["run"] as? String).prefix(12)))
    }
    return hashes
  }

  @Test func `runs that differ in a param and the seed become a table`() async throws {
    let space = try workspace()
    let hashes = try await run(
      ["0.2", "0.4"].flatMap { rate in
        ["1", "2", "3"].map { ["rate=\(rate)", "seed=\($0)"] }
      }, in: space)
    let text = try await space.repro(["results"] + hashes)
    #expect(text.status == 0, "\(text.errors)")
    #expect(
      text.output == """
        rate       last error  error at best (oracle)  n
        0.2   0.5533 ± 0.0082         0.7200 ± 0.0082  3
        0.4   0.7533 ± 0.0082         0.9200 ± 0.0082  3

        (oracle): chosen by what only somebody knows who has the true labels or the true matrix

        """)
    let csv = try await space.repro(["results", "--all", "--format", "csv"] + hashes)
    #expect(
      csv.output.hasPrefix("rate,seed,last error,error at best (oracle),run\n0.2,1,0.5433,0.71,"))
    #expect(csv.output.split(separator: "\n").count == 7)
    let json = try await space.repro(["results", "--format", "json", "--by", "seed"] + hashes)
    #expect(try json.json()["axes"] as? [String] == ["seed"])
    #expect((try json.json()["rows"] as? [Any])?.count == 3)

    let compared = try await space.repro(
      "compare", hashes[..<3].joined(separator: ","), hashes[3...].joined(separator: ","))
    #expect(compared.status == 0, "\(compared.errors)")
    #expect(
      compared.output.split(separator: "\n")[3].split(separator: " ").joined(separator: " ")
        == "last error 0.5533 0.7533 0.2000 0.2000 to 0.2000 < 1e-9 0.250 3 0 0 3")
  }

  @Test func `a swept pipeline shows all its points, and what is chosen of them`() async throws {
    let space = try workspace()
    let chosen =
      Self.study + "  choose: { over: rate, by: last error, mode: min }\n"
      + "sweep: { rate: [0.2, 0.4], seed: 1..3 }\n"
    try space.write("study.yaml", chosen)
    let run = try await space.repro("run", "study.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let table = """
      rate       last error  error at best (oracle)  n
      0.2   0.5533 ± 0.0082         0.7200 ± 0.0082  3
      0.4   0.7533 ± 0.0082         0.9200 ± 0.0082  3

      """
    #expect(run.output.hasPrefix(table), "\(run.output)")
    #expect(run.output.contains("\n6 of 6 points done: 6 stages executed, 0 reused"))
    let results = try await space.repro("results", "study.yaml")
    #expect(
      results.output == table + """

             last error  error at best (oracle)  rate chosen  n
        0.5533 ± 0.0082         0.7200 ± 0.0082          0.2  3

        (oracle): chosen by what only somebody knows who has the true labels or the true matrix

        """, "\(results.output)")
    let more = try await space.repro("results", "study.yaml", "--sweep", "seed=1..4")
    #expect(more.output.contains("2 of 8 points have not been run"), "\(more.output)")
    let page = try await space.repro("report", "study.yaml", "-o", "page.html")
    #expect(page.status == 0, "\(page.errors)")
    let html = String(decoding: try space.read("page.html"), as: UTF8.self)
    for part in ["6 points · 6 finished", "The best rate by last error", "0.5533 ± 0.0082"] {
      #expect(html.contains(part), "\(part)")
    }
  }

  @Test func `a pipeline shows its point, or what to run for it`() async throws {
    let space = try workspace()
    _ = try await run([[], ["rate=0.4"]], in: space)
    let known = try await space.repro("results", "study.yaml", "--format", "markdown")
    #expect(
      known.output == """
        | last error | error at best (oracle) | n |
        | ---: | ---: | ---: |
        | 0.5433 | 0.7100 | 1 |

        """)
    let latex = try await space.repro("results", "study.yaml", "--format", "latex")
    #expect(latex.output.contains("  0.5433 & 0.7100 & 1 \\\\\n"))
    let unknown = try await space.repro("results", "study.yaml", "--set", "seed=7")
    #expect(unknown.status == 0 && unknown.output.hasPrefix("no results yet\n"))
    #expect(
      unknown.output.contains("the only point has not been run: repro run study.yaml --set seed=7"))

    let over = try await space.repro("compare", "study.yaml", "--over", "rate=0.2,0.4")
    #expect(over.status == 0, "\(over.errors)")
    #expect(over.output.contains("A  study · rate=0.2\nB  study · rate=0.4\n"))
    #expect(over.output.contains("one pair has no interval"))
  }

  @Test func `the pipeline of a run comes back with its results`() async throws {
    let space = try workspace()
    let hash = try await run([[]], in: space)[0]
    let shown = try await space.repro("show", hash, "--pipeline")
    #expect(shown.output.contains("results:\n  \"last error\":\n"))
    try space.write("again.yaml", shown.output)
    let again = try await space.repro("run", "again.yaml", "--format", "json")
    #expect((try again.json()["run"] as? String)?.hasPrefix(hash) == true)
  }

  @Test func `metrics that are damaged, or gone, are named with what to do`() async throws {
    let space = try workspace()
    _ = try await run([[]], in: space)
    let run = try await space.repro("run", "study.yaml", "--format", "json")
    let digest = try #require(try run.digests()["train.metrics"])
    let path = "\(space.path)/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    let damaged = try await space.repro("results", "study.yaml")
    #expect(damaged.status == 3)
    #expect(
      damaged.output.contains(
        "the only point has damaged metrics, which a run makes again: repro run study.yaml"))
    _ = try await self.run([[]], in: space)
    #expect(try await space.repro("results", "study.yaml").status == 0)
  }

  @Test(arguments: [
    (["results"], "Missing expected argument"),
    (["results", "study.yaml", "--over", "rate"], "--over rate: nothing of that name is swept"),
    (
      ["results", "study.yaml", "--by", "x", "--over", "seed"], "--by and --over exclude each other"
    ),
    (["results", "nothing.yaml"], "cannot read the pipeline file 'nothing.yaml'"),
    (["results", "abc", "--set", "seed=1"], "--set and --sweep go with a pipeline file"),
    (["results", "abc"], "no run 'abc'"),
    (["compare", "study.yaml"], "name two to compare, or one and --over PARAM=VALUE1,VALUE2"),
    (
      ["compare", "study.yaml", "--over", "rate=1"],
      "'rate=1' is not of the form PARAM=VALUE1,VALUE2"
    ),
    (
      ["compare", "study.yaml", "study.yaml", "--metric", "last eror"],
      "no result is called 'last eror'"
    ),
  ])
  func `says what is wrong with the request`(arguments: [String], message: String) async throws {
    let space = try workspace()
    _ = try await run([[]], in: space)
    let said = try await space.repro(arguments)
    #expect(said.status == 2)
    #expect(said.errors.contains(message), "\(said.errors)")
  }

  /// Real data, real training: the quick start over three seeds, with fewer epochs.
  @Test func `the quick start over seeds`() async throws {
    let space = try Workspace()
    var hashes: [String] = []
    for seed in 1...3 {
      let run = try await space.repro(
        "run", Workspace.quickstart, "--set", "seed=\(seed)", "--set", "stages.pretrain.epochs=12",
        "--set", "stages.reweight.epochs=3", "--set", "stages.revise.epochs=2", "--set",
        "stages.fine-tune.epochs=3", "--format", "json")
      try #require(run.status == 0, "\(run.errors)")
      hashes.append(try #require(run.json()["run"] as? String))
    }
    let results = try await space.repro(["results", "--format", "json"] + hashes)
    let document = try results.json()
    #expect(document["over"] as? [String] == ["seed"])
    let rows = try #require(document["rows"] as? [[String: Any]])
    let cells = try #require(rows.first?["results"] as? [String: [String: Any]])
    #expect(
      Set(cells.keys) == [
        "estimate/estimation error", "revise/estimation error", "test-without-T/test/accuracy",
        "test-with-T/test/accuracy",
      ])
    let accuracy = try #require(cells["test-with-T/test/accuracy"])
    let values = try #require(accuracy["values"] as? [Double])
    #expect(rows.count == 1 && accuracy["n"] as? Int == 3 && Set(values).count > 1)
    #expect(abs(try #require(accuracy["mean"] as? Double) - values.reduce(0, +) / 3) < 1e-12)
    #expect(values.allSatisfy { (0...1).contains($0) })
  }
}
