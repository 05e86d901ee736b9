import Foundation
import Glibc
import Testing

/// Stages that run commands: what they see, what is taken from them, and how they end.
@Suite struct CommandStageTests {
  private func run(
    _ text: String, in space: borrowing Workspace, _ options: String...,
    environment: [String: String] = [:]
  ) async throws -> Workspace.Result {
    try space.write("p.yaml", text)
    return try await space.repro(
      ["run", "p.yaml", "--format", "json"] + options, environment: environment)
  }

  /// The text of an output of a run.
  private func output(
    _ name: String, of run: Workspace.Result, in space: borrowing Workspace
  ) async throws -> String {
    let digest = try #require(run.digests()[name], "\(run.errors)")
    let path = "\(space.path)/cache/objects/\(digest.prefix(2))/\(digest.dropFirst(2))"
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `a command is told its inputs, outputs, seed, threads and params, and little else`()
    async throws
  {
    let space = try Workspace()
    try space.write("data.txt", "the data")
    let pipeline = """
      seed: 7
      params: { rate: 0.25 }
      stages:
        see:
          run: "env | sort > ${outputs.seen}; cat ${inputs.data} \\"$REPRO_PARAMS\\" >> ${outputs.seen}; cat at/place >> ${outputs.seen}"
          inputs: { data: file:data.txt, other: { from: file:data.txt, at: at/place } }
          outputs: { seen: deep/seen.txt }
          env: { MODE: "fast ${inputs.data}" }
          threads: 1
          config: { rate: "${params.rate}", list: [1, two] }
      """
    let run = try await run(pipeline, in: space, environment: ["SECRET": "x", "PYTHONPATH": "/y"])
    try #require(run.status == 0, "\(run.errors)")
    let seen = try await output("see.seen", of: run, in: space)
    for line in [
      "REPRO_SEED=7\n", "REPRO_THREADS=1\n", "MODE=fast inputs/data\n", "TZ=UTC\n",
      "/inputs/data\n", "REPRO_INPUT_OTHER=", "/at/place\n", "/deep/seen.txt\n", "the data",
      #""rate":0.25"#, #""list":[1,"two"]"#,
    ] {
      #expect(seen.contains(line), "\(line) in \(seen)")
    }
    #expect(!seen.contains("SECRET") && !seen.contains("PYTHONPATH"))
    #expect(seen.hasSuffix("the data"))
  }

  @Test func `arguments reach the program as they are`() async throws {
    let space = try Workspace()
    let run = try await run(
      """
      params: { odd: "a; b 'c' \\"d\\" ${inputs.x}" }
      stages:
        a:
          run: [/bin/sh, -c, 'printf "%s|" "$@" > "$REPRO_OUTPUT_O"', sh, "two words", "$HOME", 1, 0.5, true, "", "${params.odd}"]
          outputs: { o: o }
      """.replacing("${inputs.x}", with: "$${inputs.x}"), in: space)
    try #require(run.status == 0, "\(run.errors)")
    let text = try await output("a.o", of: run, in: space)
    #expect(text == "two words|$HOME|1|0.5|true||a; b 'c' \"d\" ${inputs.x}|")
  }

  @Test func `a folder is an output like a file, and one item of it an input`() async throws {
    let space = try Workspace()
    let run = try await run(
      """
      stages:
        a: { run: "mkdir -p model/deep; echo 1 > model/one; echo 2 > model/deep/two", outputs: { model: model/ } }
        b: { run: "cat ${inputs.m}/deep/two ${inputs.one} > o", inputs: { m: a.model, one: a.model/one }, outputs: { o: o } }
      """, in: space)
    try #require(run.status == 0, "\(run.errors)")
    #expect(try await output("b.o", of: run, in: space) == "2\n1\n")
  }

  @Test(arguments: [
    ("exit 7", "exited with 7"), ("echo 'last words' >&2; exit 1", "| last words"),
    ("kill -9 $$", "signal 9"), (":", "without its output 'o'"), ("ln -s /etc/passwd o", "link"),
    ("mkfifo o", "pipe"), ("ln -s /etc d; mkdir -p e; rm -rf o; ln -s d o", "link"),
    ("mkdir o; ln -s /etc/passwd o/x", "link"),
    ("echo partial > o; printf 'a\\033[31mb' >&2; exit 1", "a\\u{1b}[31mb"),
  ])
  func `what fails leaves no result, says why and is tried again`(
    command: String, complaint: String
  ) async throws {
    let space = try Workspace()
    let text = "stages:\n  bad:\n    run: |\n      \(command)\n    outputs: { o: o }\n"
    for _ in 0..<2 {
      let run = try await run(text, in: space)
      #expect(run.status == 1, "\(run.errors)")
      #expect(run.errors.contains(complaint), "\(run.errors)")
      #expect(run.errors.contains("stage 'bad'"))
    }
    let listed = try await space.repro("cache", "ls", "--format", "json")
    #expect(listed.output.trimmingCharacters(in: .whitespacesAndNewlines) == "[]")
  }

  @Test func `a timeout ends the whole process group`() async throws {
    let space = try Workspace()
    let start = Date()
    let run = try await run(
      "stages:\n  slow: { run: '\(Self.sleep(3331)) & \(Self.sleep(3331))', timeout: 1s, outputs: { o: o } }\n",
      in: space)
    #expect(run.status == 1)
    #expect(run.errors.contains("longer than its timeout"))
    #expect(Date().timeIntervalSince(start) < 1000)
    #expect(try processes(matching: Self.sleep(3331)) == 0)
  }

  /// Who leaves the process group is caught too; who outlives a kill of repro itself, by the sandbox.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL], ["", "sandbox: off, "])
  func `nothing of a command outlives the run, whatever ends it`(
    signal: Int32, setting: String
  ) async throws {
    if signal == SIGKILL, !Self.sandboxWorks || !setting.isEmpty { return }
    let space = try Workspace()
    let name = Self.sleep(3300 + Int(signal) * 2 + (setting.isEmpty ? 0 : 1))
    try space.write(
      "p.yaml",
      "stages:\n  s: { run: '(setsid \(name) &) ; \(name)', \(setting)outputs: { o: o } }\n")
    let process = try WatchedProcess(["run", "p.yaml"], in: space.path)
    while try processes(matching: name) < 2 { usleep(10_000) }
    Glibc.kill(process.identifier, signal)
    let status = process.wait()
    if signal != SIGKILL { #expect(status == 130) }
    #expect(try await areGone(name))
  }

  @Test func `nor does it when the run is ended while the command is being started`()
    async throws
  {
    let space = try Workspace()
    try space.write("p.yaml", "stages:\n  s: { run: '\(Self.sleep(3332))', outputs: { o: o } }\n")
    for delay in 0..<30 {
      let process = try WatchedProcess(["run", "p.yaml"], in: space.path)
      while let line = process.nextLine(), !line.contains("started") {}
      usleep(UInt32(delay) * 2000)
      Glibc.kill(process.identifier, SIGTERM)
      #expect(process.wait() == 130)
    }
    #expect(try await areGone(Self.sleep(3332)))
  }

  @Test func `what a killed run left at work is ended by the next`() async throws {
    let space = try Workspace()
    try space.write(
      "p.yaml", "stages:\n  s: { run: '\(Self.sleep(3334))', sandbox: off, outputs: { o: o } }\n")
    let process = try WatchedProcess(["run", "p.yaml"], in: space.path)
    while try processes(matching: Self.sleep(3334)) < 1 { usleep(10_000) }
    Glibc.kill(process.identifier, SIGKILL)
    process.wait()
    #expect(try processes(matching: Self.sleep(3334)) == 1)
    try space.write("q.yaml", "stages:\n  s: { run: 'echo 1 > o', outputs: { o: o } }\n")
    let next = try await space.repro("run", "q.yaml")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try await areGone(Self.sleep(3334)))
  }

  /// A command that takes an hour, and that nothing else on this machine runs.
  private static func sleep(_ seconds: Int) -> String { "sleep \(seconds).\(getpid())" }

  /// Processes that were killed take a moment to go.
  private func areGone(_ name: String) async throws -> Bool {
    for _ in 0..<300 where try processes(matching: name) > 0 {
      try await Task.sleep(for: .milliseconds(100))
    }
    return try processes(matching: name) == 0
  }

  @Test func `a daemon cannot hold the run open, and ten megabytes of errors cannot block it`()
    async throws
  {
    let space = try Workspace()
    let start = Date()
    let run = try await run(
      """
      stages:
        s:
          run: "\(Self.sleep(3333)) & head -c 10000000 /dev/zero | tr '\\\\0' x >&2; echo done > o"
          outputs: { o: o }
      """, in: space)
    #expect(run.status == 0, "\(run.errors)")
    #expect(Date().timeIntervalSince(start) < 1000)
    #expect(try processes(matching: Self.sleep(3333)) == 0)
  }

  @Test func `after a failure the rest goes on only if told, and what depends on it never`()
    async throws
  {
    let text = """
      stages:
        bad: { run: "sleep 0.3; exit 1", outputs: { o: o } }
        below: { run: "cat ${inputs.i} > o", inputs: { i: bad.o }, outputs: { o: o } }
        one: { run: "sleep 0.6; echo 1 > o", outputs: { o: o } }
        two: { run: "cat ${inputs.i} > o", inputs: { i: one.o }, outputs: { o: o } }
      """
    let space = try Workspace()
    let stopped = try await run(text, in: space)
    #expect(stopped.status == 1)
    #expect(stopped.errors.contains("not computed: below, two"), "\(stopped.errors)")
    let kept = try await run(text, in: space, "--keep-going")
    #expect(kept.status == 1)
    #expect(kept.errors.contains("not computed: below\n"), "\(kept.errors)")
  }

  @Test func `a stage is tried again as often as it says`() async throws {
    let space = try Workspace()
    let counter = "\(space.path)/counter"
    let text = """
      stages:
        flaky: { run: "echo x >> \(counter); test $(wc -l < \(counter)) -ge 3 && echo ok > o", sandbox: off, retries: 2, outputs: { o: o } }
      """
    let run = try await run(text, in: space)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try String(contentsOfFile: counter, encoding: .utf8) == "x\nx\nx\n")
  }

  @Test func `the digest of a declared tool is in the key`() async throws {
    let space = try Workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/bin", withIntermediateDirectories: true)
    func install(_ text: String) throws {
      try space.write("bin/tool", "#!/bin/sh\necho \(text)\n")
      chmod("\(space.path)/bin/tool", 0o755)
    }
    let path = ["PATH": "\(space.path)/bin:/usr/bin:/bin"]
    let text = "stages:\n  s: { run: tool > o, tools: [tool], outputs: { o: o } }\n"
    try install("one")
    let first = try await run(text, in: space, environment: path)
    try #require(first.status == 0, "\(first.errors)")
    #expect(try await output("s.o", of: first, in: space) == "one\n")
    try install("two")
    let second = try await run(text, in: space, environment: path)
    #expect(try await output("s.o", of: second, in: space) == "two\n")
    let third = try await run(text, in: space, environment: path)
    #expect(try third.executed() == [])
    let missing = try await run(text, in: space, environment: ["PATH": "/usr/bin:/bin"])
    #expect(missing.status == 2)
    #expect(missing.errors.contains("no program 'tool'"), "\(missing.errors)")
  }

  @Test func `a command that changes its own inputs has no result`() async throws {
    let space = try Workspace()
    try space.write("data", "1")
    let text = """
      stages:
        s: { run: "chmod u+w ${inputs.d}; echo 2 > ${inputs.d}; echo x > o", sandbox: off, inputs: { d: file:data }, outputs: { o: o } }
      """
    let run = try await run(text, in: space)
    #expect(run.status == 1)
    #expect(run.errors.contains("changed its own inputs"), "\(run.errors)")
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0)
  }

  @Test(.enabled(if: sandboxWorks))
  func `in the sandbox an undeclared file is not there, inputs cannot be written, no network is`()
    async throws
  {
    let space = try Workspace()
    try space.write("data", "1")
    try space.write("secret", "2")
    let run = try await run(
      """
      stages:
        s:
          run: |
            cat \(space.path)/secret >> o 2>/dev/null && echo READ >> o
            (echo 3 > ${inputs.d}) 2>/dev/null && echo WROTE >> o
            (exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null && echo NET >> o
            ls /sys/class/net | tr '\\n' ' ' >> o; cat /proc/net/dev | grep -c : >> o
            pwd >> o
          inputs: { d: file:data }
          outputs: { o: o }
      """, in: space)
    try #require(run.status == 0, "\(run.errors)")
    let text = try await output("s.o", of: run, in: space)
    #expect(!text.contains("READ") && !text.contains("WROTE") && !text.contains("NET"))
    #expect(text.hasSuffix("1\n/repro/files\n"), "\(text)")
  }

  @Test func `a run of commands comes out the same again`() async throws {
    let space = try Workspace()
    let text = """
      seed: 3
      stages:
        a: { run: "echo $REPRO_SEED > o", outputs: { o: o } }
        b: { run: "cat ${inputs.a} ${inputs.a} > o", inputs: { a: a.o }, outputs: { o: o } }
        now: { run: "date +%N > o", outputs: { o: o } }
      """
    let run = try await run(text, in: space)
    let hash = try #require(try run.json()["run"] as? String)
    let again = try await space.repro("rerun", hash)
    #expect(again.status == 1)
    #expect(again.output.contains("now") && again.output.contains("DIFFERS"), "\(again.output)")
    let part = try await space.repro("rerun", hash, "--stage", "b")
    #expect(part.status == 0, "\(part.output)\(part.errors)")
  }

  // MARK: Help

  static let sandboxWorks: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true",
    ]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// How many processes there are with this in their command line.
  private func processes(matching text: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard Int(name) != nil,
        let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
      else { return false }
      let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.joined(separator: " ") == text
    }.count
  }
}
