import Foundation
import Glibc
import Testing

/// Stages go on from what they kept, to the bits they would have come to undisturbed.
@Suite struct ResumeTests {
  /// A training of the kind with the most state: a network, its running averages, Adam's moments, ΔT.
  private static func revision(epochs: Int, schedule: String = "{}") -> String {
    """
    name: revision
    stages:
      digits:
        uses: csv-dataset
        inputs: { train: "file:optdigits.tra.gz" }
        config: { shape: [1, 8, 8], scale: 16 }
      noisy: { uses: label-noise, inputs: { dataset: digits.dataset }, config: { type: pair, rate: 0.4 } }
      split: { uses: split, inputs: { dataset: noisy.dataset }, config: { validation: 0.1 } }
      pretrain:
        uses: pretrain
        inputs: { dataset: split.dataset }
        config: { model: { mlp: { hidden: [32] } }, epochs: 2, batch_size: 64 }
      revise:
        uses: revise-transition
        inputs:
          dataset: split.dataset
          checkpoint: pretrain.checkpoints/last
          transition: noisy.transition
          truth: noisy.transition
        config:
          epochs: \(epochs)
          batch_size: 512
          optimizer: { adam: { lr: 1e-3 } }
          average: { ramped: { decay: 0.99 } }
          schedule: \(schedule)
    """
  }

  /// A folder with the data that the trainings read.
  private func workspace() throws -> Workspace {
    let space = try Workspace()
    try FileManager.default.copyItem(
      atPath: "\(Workspace.package)/pipelines/data/optdigits.tra.gz",
      toPath: "\(space.path)/optdigits.tra.gz")
    return space
  }

  private func digests(_ space: borrowing Workspace, _ options: String...) async throws
    -> [String: String]
  {
    let run = try await space.repro(["run", "p.yaml", "--format", "json"] + options)
    try #require(run.status == 0, "\(run.errors)")
    return try run.digests()
  }

  /// Digests of an undisturbed run in a cache of its own.
  private func undisturbed(_ pipeline: String) async throws -> [String: String] {
    let space = try workspace()
    try space.write("p.yaml", pipeline)
    return try await digests(space)
  }

  @Test func `a training killed again and again comes to the bits of an undisturbed one`()
    async throws
  {
    let kills = Int(ProcessInfo.processInfo.environment["REPRO_KILLS"] ?? "") ?? 12
    let space = try workspace()
    let path = space.path
    let (epochs, resumed) = try await onThread { try killAgainAndAgain(kills, in: path) }
    #expect(resumed > kills / 2)
    let last = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(last.status == 0, "\(last.errors)")
    #expect(try await last.digests() == undisturbed(Self.revision(epochs: epochs)))
    let verify = try await space.repro("cache", "verify")
    #expect(verify.status == 0, "\(verify.output)")
  }

  /// - Returns: how many epochs were asked for in the end, and how often the training went on.
  private func killAgainAndAgain(
    _ kills: Int, in folder: String
  ) throws -> (epochs: Int, resumed: Int) {
    var epochs = 5 * kills + 10
    var (killed, resumed) = (0, 0)
    while killed < kills {
      try Self.revision(epochs: epochs)
        .write(toFile: "\(folder)/p.yaml", atomically: true, encoding: .utf8)
      let process = try WatchedProcess(["run", "p.yaml", "--state-steps", "2"], in: folder)
      while let line = process.nextLine(), !line.hasPrefix("revise ") {}
      let stamp = stateStamp(folder)
      if killed > 2, let line = process.nextLine(), line.contains("goes on after") { resumed += 1 }
      // A third of them before it can have kept anything.
      if killed % 3 != 0 { waitForState(in: folder, after: stamp) }
      usleep(UInt32.random(in: 0...60_000))
      Glibc.kill(process.identifier, SIGKILL)
      while process.nextLine() != nil {}
      if process.wait() == 0 {
        // It was done before; then it is to go on for longer.
        epochs *= 2
      } else {
        killed += 1
      }
    }
    return (epochs, resumed)
  }

  /// On a thread of its own: there are few for all the tests, and this waits a lot.
  private func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
  }

  private func states(_ folder: String) -> [String] {
    let partial = "\(folder)/cache/partial"
    return ((try? FileManager.default.contentsOfDirectory(atPath: partial)) ?? [])
      .map { "\(partial)/\($0)/state.json" }.filter(FileManager.default.fileExists(atPath:))
  }

  /// The inodes of all states: each new one has a new one.
  private func stateStamp(_ folder: String) -> [UInt64] {
    states(folder).compactMap { path in
      var status = stat()
      return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }.sorted()
  }

  private func waitForState(in folder: String, after stamp: [UInt64]) {
    let deadline = ContinuousClock.now + .seconds(60)
    while stateStamp(folder) == stamp, ContinuousClock.now < deadline { usleep(1000) }
  }

  @Test
  func `more epochs compute what is missing, fewer start afresh, and all come to the same bits`()
    async throws
  {
    let space = try workspace()
    var expected: [Int: [String: String]] = [:]
    for epochs in [10, 20, 30, 40] {
      expected[epochs] = try await undisturbed(Self.revision(epochs: epochs))
    }
    // What a state is told to be for: twenty, then ten more, then ten of those twenty.
    for (epochs, place) in [(20, nil), (30, "epoch 20 of 30"), (10, nil)] as [(Int, String?)] {
      try space.write("p.yaml", Self.revision(epochs: epochs))
      let run = try await space.repro("run", "p.yaml", "--format", "json")
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("goes on after") == (place != nil), "\(epochs): \(run.errors)")
      if let place { #expect(run.errors.contains("goes on after \(place)\n")) }
      #expect(try run.digests() == expected[epochs])
      #expect(try run.executed().contains("revise"))
    }
    // The ten epochs did not take away what forty go on from.
    try space.write("p.yaml", Self.revision(epochs: 40))
    let longer = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(longer.errors.contains("goes on after epoch 30 of 40"), "\(longer.errors)")
    #expect(try longer.digests() == expected[40])
  }

  @Test func `where the rate depends on the number of epochs a longer training starts afresh`()
    async throws
  {
    let space = try workspace()
    let cosine = "{ curve: { cosine: {} } }"
    for epochs in [3, 5] {
      try space.write("p.yaml", Self.revision(epochs: epochs, schedule: cosine))
      let run = try await space.repro("run", "p.yaml")
      #expect(run.status == 0 && !run.errors.contains("goes on after"), "\(run.errors)")
    }
    #expect(states(space.path).count == 1, "that of pretrain, which goes by a constant rate")
    let fixed = "{ curve: { cosine: { end: 9 } } }"
    for epochs in [3, 5] {
      try space.write("p.yaml", Self.revision(epochs: epochs, schedule: fixed))
      let run = try await space.repro("run", "p.yaml")
      #expect(run.errors.contains("goes on after") == (epochs == 5), "\(run.errors)")
    }
  }

  @Test func `what was kept and has changed since is not gone on from`() async throws {
    let expected = try await undisturbed(Self.revision(epochs: 6))
    for damage in ["", "state.json", "data-", "object"] {
      let space = try workspace()
      try space.write("p.yaml", Self.revision(epochs: 4))
      _ = try await digests(space)
      let state = try #require(
        states(space.path).first { path in
          (try? String(contentsOfFile: path, encoding: .utf8))?.contains("corrections") == true
        })
      let folder = URL(filePath: state).deletingLastPathComponent()
      if damage.isEmpty {
        // It is gone on from where nothing is wrong with it.
      } else if damage == "object" {
        // The results with their checkpoints are gone; the state alone is of no use.
        try FileManager.default.removeItem(atPath: "\(space.path)/cache/objects")
        try FileManager.default.createDirectory(
          atPath: "\(space.path)/cache/objects", withIntermediateDirectories: false)
      } else {
        let name = try #require(
          FileManager.default.contentsOfDirectory(atPath: folder.path).first {
            $0.hasPrefix(damage)
          })
        var bytes = try Data(contentsOf: folder.appending(path: name))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: folder.appending(path: name))
      }
      try space.write("p.yaml", Self.revision(epochs: 6))
      let run = try await space.repro("run", "p.yaml", "--format", "json")
      #expect(run.status == 0, "\(damage): \(run.errors)")
      let goesOn = run.errors.contains("goes on after epoch 4 of 6")
      #expect(goesOn == damage.isEmpty, "\(damage): \(run.errors)")
      #expect(try run.digests() == expected, "\(damage)")
    }
  }

  @Test func `collection leaves what can be gone on from, and takes what cannot`() async throws {
    let space = try workspace()
    try space.write("p.yaml", Self.revision(epochs: 3))
    _ = try await digests(space)
    #expect(states(space.path).count == 2)
    let kept = try await space.repro("cache", "gc")
    #expect(kept.status == 0 && states(space.path).count == 2, "\(kept.output)")
    // The run, its results and their checkpoints go.
    let all = try await space.repro("cache", "gc", "--keep-runs", "0")
    #expect(all.output.contains("the state of a stage whose result is gone"), "\(all.output)")
    #expect(states(space.path) == [])
    // A training that was killed has no result yet; its state stays for as long as was said.
    try await killRevision(in: space)
    let count = states(space.path).count
    #expect(count == 2)
    _ = try await space.repro("cache", "gc", "--keep-runs", "1", "--keep-days", "1")
    #expect(states(space.path).count == count)
    let old = try await space.repro("cache", "gc", "--keep-days", "0")
    #expect(states(space.path) == [], "\(old.output)")
  }

  private func killRevision(in space: borrowing Workspace) async throws {
    let path = space.path
    try space.write("p.yaml", Self.revision(epochs: 50_000))
    try await onThread {
      let process = try WatchedProcess(["run", "p.yaml", "--state-steps", "2"], in: path)
      while let line = process.nextLine(), !line.hasPrefix("revise ") {}
      waitForState(in: path, after: stateStamp(path))
      Glibc.kill(process.identifier, SIGKILL)
      while process.nextLine() != nil {}
      process.wait()
    }
  }

  @Test func `a crash while the result is recorded costs no epoch`() async throws {
    let space = try workspace()
    try space.write("p.yaml", Self.revision(epochs: 3))
    _ = try await digests(space)
    try space.write("p.yaml", Self.revision(epochs: 8))
    for point in ["object-written", "object-renamed"] {
      let crash = try await space.repro(
        ["run", "p.yaml"], environment: ["REPRO_TEST_CRASH": point])
      #expect(crash.status == 128 + SIGKILL, "\(crash.errors)")
    }
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(run.errors.contains("goes on after epoch 8 of 8"), "\(run.errors)")
    #expect(try await run.digests() == undisturbed(Self.revision(epochs: 8)))
  }

  @Test func `what is forced starts afresh, once`() async throws {
    let space = try workspace()
    try space.write("p.yaml", Self.revision(epochs: 4))
    _ = try await digests(space)
    try space.write("p.yaml", Self.revision(epochs: 2))
    let forced = try await space.repro("run", "p.yaml", "--force", "revise")
    #expect(forced.status == 0 && !forced.errors.contains("goes on after"), "\(forced.errors)")
    // Nothing is left of the four epochs that were distrusted.
    try space.write("p.yaml", Self.revision(epochs: 5))
    let longer = try await space.repro("run", "p.yaml")
    #expect(longer.errors.contains("goes on after epoch 2 of 5"), "\(longer.errors)")
    // Tried again, a command goes on from what its last start kept.
    try space.write(
      "p.yaml",
      """
      stages:
        s:
          run: "echo x >> kept/starts; [ $(wc -l < kept/starts) = 3 ] && cp kept/starts o"
          checkpoints: kept
          outputs: { o: o }
      """)
    let tried = try await space.repro("run", "p.yaml", "--retries", "4", "--force", "s")
    #expect(tried.status == 0, "\(tried.errors)")
  }

  // MARK: Commands

  /// Counts to three and hangs, unless it finds how far it was.
  private static func counter(sandbox: String) -> String {
    """
    name: counter
    stages:
      count:
        run: |
          if [ -e $REPRO_CHECKPOINTS/at ]; then cat kept/at > o; exit; fi
          echo 3 > kept/new && mv kept/new kept/at && sleep 3600
        sandbox: \(sandbox)
        checkpoints: kept/
        outputs: { o: o }
    """
  }

  @Test(arguments: ["on", "off"])
  func `a command finds its folder of checkpoints again`(sandbox: String) async throws {
    let space = try Workspace()
    try space.write("p.yaml", Self.counter(sandbox: sandbox))
    let path = space.path
    try await onThread {
      let process = try WatchedProcess(["run", "p.yaml"], in: path)
      while keptAt(path) == nil { usleep(5000) }
      Glibc.kill(process.identifier, SIGKILL)
      while process.nextLine() != nil {}
      process.wait()
    }
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("goes on after what it kept before"))
    // Nothing is kept of a stage that is done.
    #expect(keptAt(path) == nil)
    let test = try await space.repro(
      "test-resume", String(try run.hash().prefix(12)), "--stage", "count", "--at", "5", "5")
    #expect(test.status == 0, "\(test.output)\(test.errors)")
    // Each start that has nothing to go on from hangs, so that at least one kill landed.
    #expect(test.output.contains("went on from what it kept once: the same to the last bit"))
  }

  /// What the command has kept.
  private func keptAt(_ folder: String) -> String? {
    let partial = "\(folder)/cache/partial"
    let keys = (try? FileManager.default.contentsOfDirectory(atPath: partial)) ?? []
    return keys.lazy.compactMap {
      try? String(contentsOfFile: "\(partial)/\($0)/files/at", encoding: .utf8)
    }.first
  }

  @Test func `a command that does not go on to the same bits is told of`() async throws {
    let space = try Workspace()
    // How often it was started is part of what it makes.
    try space.write(
      "p.yaml",
      """
      stages:
        count:
          run: "echo x >> kept/starts; sleep 6; wc -l < kept/starts > o"
          checkpoints: kept
          outputs: { o: o }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    let test = try await space.repro(
      "test-resume", try run.hash(), "--stage", "count", "--at", "5")
    #expect(test.status == 1)
    #expect(test.output.contains("NOT the same: 'o' DIFFERS: "), "\(test.output)")
  }

  @Test func `test-resume kills a training at random moments`() async throws {
    let space = try workspace()
    try space.write("p.yaml", Self.revision(epochs: 60))
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    let test = try await space.repro(
      "test-resume", try run.hash(), "--stage", "revise", "--kills", "4", "--state-steps", "1",
      "--format", "json")
    #expect(test.status == 0, "\(test.output)\(test.errors)")
    let document = try test.json()
    #expect(document["same"] as? Bool == true)
    #expect(document["kills"] as? Int ?? 0 > 0)
    let which = try await space.repro("test-resume", try run.hash())
    #expect(
      which.status == 2 && which.errors.contains("--stage digits, noisy, pretrain, revise, split"))
  }
}

extension Workspace.Result {
  /// Of a run's document: its hash.
  fileprivate func hash() throws -> String { try #require(json()["run"] as? String) }
}
