import Foundation
import Store
import Testing

/// A re-execution that does not come out the same says where, and by how much.
@Suite struct RerunTests {
  @Test func `names the first stage, epoch and parameter that differ, and by how many ULP`()
    async throws
  {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    try falsify("pretrain", in: space.path)

    let hash = try #require(run.json()["run"] as? String)
    let rerun = try await space.repro("rerun", hash)
    #expect(rerun.status == 1, "\(rerun.errors)")
    #expect(rerun.output.contains("NOT reproduced"))
    #expect(
      rerun.output.contains(
        "'checkpoints/epoch-003.safetensors' DIFFERS: fc3.weight: 1 of 2560 values differ, by up to 1 ULP"
      ))
    #expect(!rerun.output.contains("estimate"))

    let alone = try await space.repro("rerun", hash, "--stage", "noisy")
    #expect(alone.status == 0, "\(alone.errors)")
  }

  @Test func `without the recorded bytes it still names both digests`() async throws {
    let space = try Workspace()
    let run = try await space.repro("run", Workspace.quickstart, "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    let changed = try falsify("pretrain", in: space.path)
    let path = "\(space.path)/cache/objects/\(changed.prefix(2))/\(changed.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    let rerun = try await space.repro("rerun", try #require(run.json()["run"] as? String))
    #expect(rerun.status == 1, "\(rerun.errors)")
    #expect(rerun.output.contains("\(changed.prefix(12)) recorded"))
  }

  /// Records a checkpoint of epoch 3 in which the last bit of the last weight is another.
  ///
  /// - Returns: the digest of the checkpoint that was never made.
  @discardableResult
  private func falsify(_ stage: String, in folder: String) throws -> String {
    let store = try Store(at: "\(folder)/cache", create: false)
    let key = try #require(try store.runs().first?.records[stage])
    let record = try #require(try store.record(for: key))
    let checkpoints = try #require(record.outputs["checkpoints"])
    let copy = "\(folder)/checkpoints"
    try store.deliver(checkpoints, to: copy)
    let file = URL(filePath: "\(copy)/epoch-003.safetensors")
    var bytes = try Data(contentsOf: file)
    // The arrays end with the last one by name, little-endian: its last value's lowest byte.
    bytes[bytes.count - 4] ^= 1
    try bytes.write(to: file)
    var outputs = record.outputs
    outputs["checkpoints"] = try store.put(at: copy)
    try store.save(
      Record(key: key, preimage: record.preimage, outputs: outputs, notes: record.notes))
    return Digest(hashing: [UInt8](bytes)).description
  }
}
