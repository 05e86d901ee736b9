import Foundation
import Store
import Testing

/// Verdicts about a bundle: signed, verified, and side by side.
@Suite struct ChallengeTests {
  /// Agrees with itself, but not from one folder to the next.
  private static let pipeline = """
    name: challenged
    stages:
      a: { run: "cat ${inputs.x} > o", sandbox: off, inputs: { x: "file:x" }, outputs: { o: o } }
      b: { run: "cat ${inputs.x} $PLACE > o", sandbox: off, inputs: { x: a.o }, outputs: { o: o }, env: { PLACE: PATH_OF_FILE } }
    """

  /// A bundle `run.tar`, and keys of the given names.
  private func prepare(_ space: borrowing Workspace, keys: [String]) async throws -> String {
    try space.write("place", "here")
    try space.write("x", "x")
    try space.write(
      "p.yaml", Self.pipeline.replacing("PATH_OF_FILE", with: "\(space.path)/place"))
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    try #require(try await space.repro("export", hash, "run.tar").status == 0)
    for key in keys {
      let made = try sshKeygen(
        ["-q", "-t", "ed25519", "-N", "", "-C", key, "-f", key], in: space.path)
      try #require(made == 0)
    }
    return hash
  }

  private func sshKeygen(_ arguments: [String], in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["ssh-keygen"] + arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func challenge(
    _ key: String, _ output: String, in space: borrowing Workspace,
    environment: [String: String] = [:]
  ) async throws -> Workspace.Result {
    try await space.repro(
      ["challenge", "run.tar", "--key", key, "--output", output, "--threads", "2"],
      environment: environment)
  }

  @Test func `verdicts of several machines are verified and put side by side`() async throws {
    let space = try Workspace()
    let hash = try await prepare(space, keys: ["alice", "bob"])
    let scratch = "\(space.path)/tmp"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false)
    let cache = Canaries(below: "\(space.path)/cache")
    let one = try await challenge(
      "alice", "one.json", in: space, environment: ["TMPDIR": scratch])
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains("bit-identical: 2 of 2 stages"), "\(one.output)")
    // It needs no cache, touches none, and leaves none.
    #expect(Canaries(below: "\(space.path)/cache").changes(since: cache) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])

    // On a machine where the command reads something else.
    try space.write("place", "elsewhere")
    let two = try await challenge("bob", "two.json", in: space)
    #expect(two.status == 1 && two.output.contains("NOT reproduced: 'b' differs"), "\(two.output)")
    let table = try await space.repro("verdicts", "one.json", "two.json")
    #expect(table.status == 1)
    #expect(table.output.contains("run \(hash) of 'challenged'"))
    #expect(table.output.contains("bit-identical: 2 of 2 stages"), "\(table.output)")
    #expect(table.output.contains("NOT reproduced: 'b' differs"))
    #expect(table.output.contains("bit-identical on 1 of 2"))
    #expect(table.output.components(separatedBy: "SHA256:").count == 3)
    let same = try await space.repro("verdicts", "one.json", "--format", "json")
    #expect(same.status == 0, "\(same.errors)")
    let bundle = SHA256(hashing: [UInt8](try space.read("run.tar"))).description
    let all = try #require(
      try JSONSerialization.jsonObject(with: Data(same.output.utf8)) as? [[String: Any]])
    #expect(
      all.count == 1 && all[0]["bundle"] as? String == bundle && all[0]["same"] as? Bool == true)
    #expect(all[0]["threads"] as? Int == 2 && all[0]["signer"] is NSNull)
  }

  @Test func `what is not compared, or only near, is not called bit-identical`() async throws {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice"])
    try space.write(
      "p.yaml",
      """
      stages:
        a: { run: "echo $PPID; cat /proc/sys/kernel/random/uuid > o", outputs: { o: o }, reproducible: none }
        b: { run: "printf 'x,y\\n1.5,%s\\n' $(cat \(space.path)/place) > o", sandbox: off, outputs: { o: o }, reproducible: { numeric: { atol: 0.1 } } }
      """)
    try space.write("place", "0.25")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    try FileManager.default.removeItem(atPath: "\(space.path)/run.tar")
    // Without --outputs: what they are held to goes with them.
    try #require(try await space.repro("export", hash, "run.tar").status == 0)
    try space.write("place", "0.26")
    let one = try await challenge("alice", "one.json", in: space)
    #expect(one.status == 0, "\(one.output)\(one.errors)")
    #expect(
      one.output.contains("reproduced as declared: 0 of 2 stages bit-identical, not 'a', 'b'"),
      "\(one.output)")
    // Given twice it counts once.
    let table = try await space.repro("verdicts", "one.json", "one.json")
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.contains("bit-identical on 0 of 1, as declared on 1"), "\(table.output)")
    try space.write("place", "0.5")
    let two = try await challenge("alice", "two.json", in: space)
    #expect(two.status == 1 && two.output.contains("NOT reproduced: 'b' differs"), "\(two.output)")
  }

  @Test func `verdicts about other records of one run do not count together`() async throws {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice"])
    #expect(try await challenge("alice", "one.json", in: space).status == 0)
    // The same run, recorded where the command reads something else.
    try space.write("place", "elsewhere")
    try FileManager.default.removeItem(atPath: "\(space.path)/run.tar")
    let run = try await space.repro("run", "p.yaml", "--cache", "other", "--format", "json")
    let hash = try #require(run.json()["run"] as? String, "\(run.errors)")
    try #require(
      try await space.repro("export", hash, "run.tar", "--cache", "other").status == 0)
    #expect(try await challenge("alice", "two.json", in: space).status == 0)
    let table = try await space.repro("verdicts", "one.json", "two.json")
    #expect(table.status == 1)
    #expect(table.errors.contains("stage 'b' made other bytes than in the first verdict"))
    #expect(table.output.contains("bit-identical on 1 of 1"), "\(table.output)")
  }

  @Test func `only allowed signers count where they are named`() async throws {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice", "bob"])
    #expect(try await challenge("alice", "one.json", in: space).status == 0)
    #expect(try await challenge("bob", "two.json", in: space).status == 0)
    let key = String(decoding: try space.read("alice.pub"), as: UTF8.self)
    try space.write("allowed", "alice@example.org \(key)")
    let table = try await space.repro(
      "verdicts", "one.json", "two.json", "--allowed-signers", "allowed")
    #expect(table.status == 1 && table.output.contains("alice@example.org"), "\(table.output)")
    #expect(table.errors.contains("'\(space.path)/two.json' is signed by SHA256:"))
    #expect(table.errors.contains("none of the allowed signers"))
  }

  @Test func `a verdict that was changed, or signed for something else, does not count`()
    async throws
  {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice", "mallory"])
    try #require(try await challenge("alice", "good.json", in: space).status == 0)
    let good = try #require(
      try JSONSerialization.jsonObject(with: space.read("good.json")) as? [String: Any])
    let encoded = try #require(good["payload"] as? String)
    let payload = try #require(Data(base64Encoded: encoded))
    let signatures = try #require(good["signatures"] as? [[String: String]])

    func write(_ name: String, payload: Data, signature: [String: String]) throws {
      var envelope = good
      envelope["payload"] = payload.base64EncodedString()
      envelope["signatures"] = [signature]
      try JSONSerialization.data(withJSONObject: envelope)
        .write(to: URL(filePath: "\(space.path)/\(name)"))
    }
    let text = String(decoding: payload, as: UTF8.self)
    let other = Data(text.replacing("\"threads\":2", with: "\"threads\":9").utf8)
    try #require(other != payload)
    try write("changed.json", payload: other, signature: signatures[0])
    var stolen = signatures[0]
    stolen["keyid"] = "SHA256:0000000000000000000000000000000000000000000"
    try write("keyid.json", payload: payload, signature: stolen)
    // Signed, but by the wrong rules: as a file, not as a statement of its type.
    try payload.write(to: URL(filePath: "\(space.path)/payload"))
    #expect(
      try sshKeygen(["-Y", "sign", "-n", "repro", "-f", "mallory", "payload"], in: space.path) == 0)
    let armored = String(decoding: try space.read("payload.sig"), as: UTF8.self)
    let body = armored.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
    try write(
      "plain.json", payload: payload, signature: ["keyid": stolen["keyid"] ?? "", "sig": body])
    for name in ["changed.json", "keyid.json", "plain.json"] {
      let table = try await space.repro("verdicts", "good.json", name)
      #expect(table.status == 1 && table.errors.contains("BAD SIGNATURE"), "\(name)")
      #expect(table.faults(allowing: [1]) == [])
      #expect(table.output.contains("bit-identical on 1 of 1"), "\(table.output)")
    }
    for junk in ["", "{}", "[1]", #"{"payload":"!"}"#, String(repeating: "[", count: 100_000)] {
      try space.write("junk.json", junk)
      let table = try await space.repro("verdicts", "junk.json")
      #expect(table.errors.contains("is no signed verdict"), "\(table.errors)")
      #expect(table.faults(allowing: [2]) == [])
    }
  }

  @Test func `a verdict about another run does not stand beside this one`() async throws {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice"])
    try #require(try await challenge("alice", "one.json", in: space).status == 0)
    try FileManager.default.removeItem(atPath: "\(space.path)/run.tar")
    try space.write("x", "y")
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    let hash = try #require(run.json()["run"] as? String)
    try #require(try await space.repro("export", hash, "run.tar").status == 0)
    try #require(try await challenge("alice", "two.json", in: space).status == 0)
    let table = try await space.repro("verdicts", "one.json", "two.json")
    #expect(table.status == 1 && table.errors.contains("is about another run: \(hash)"))
  }

  @Test func `without a key, a program for it or a bundle nothing is computed`() async throws {
    let space = try Workspace()
    _ = try await prepare(space, keys: ["alice"])
    let noKey = try await challenge("nobody", "v.json", in: space)
    #expect(noKey.status == 2 && noKey.errors.contains("cannot sign with the key"))
    #expect(noKey.errors.contains("ssh-keygen -t ed25519"), "\(noKey.errors)")
    let noProgram = try await challenge(
      "alice", "v.json", in: space, environment: ["PATH": "/nowhere"])
    #expect(noProgram.status == 2 && noProgram.errors.contains("openssh-client"))
    try space.write("there.json", "mine")
    let there = try await challenge("alice", "there.json", in: space)
    #expect(there.status == 2 && there.errors.contains("is there already"))
    try space.write("run.tar", "no bundle")
    let noBundle = try await challenge("alice", "v.json", in: space)
    #expect(noBundle.status == 2 && noBundle.errors.contains("is no bundle"))
    #expect(!FileManager.default.fileExists(atPath: "\(space.path)/v.json"))
  }
}
