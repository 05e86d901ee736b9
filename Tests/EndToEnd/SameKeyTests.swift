import Foundation
import Glibc
import Testing

/// What surrounds a run is not in its keys: workspace, user's files, clock, threads and environment.
@Suite struct SameKeyTests {
  private static let pipeline = """
    seed: 3
    stages:
      data: { uses: csv-dataset, inputs: { train: "file:digits.csv" }, config: { test_every: 4, scale: 16 } }
      noisy: { uses: label-noise, inputs: { dataset: data.dataset }, config: { type: symmetric, rate: 0.5 } }
      see: { run: "cat ${inputs.d} > ${outputs.o}", inputs: { d: file:digits.csv }, outputs: { o: o } }
    """

  private func keys(
    _ options: [String] = [], environment: [String: String] = [:], touched: Bool = false,
    masked: mode_t? = nil, text: String = pipeline, folder: String = "."
  ) async throws -> [String: String] {
    let space = try Workspace()
    try FileManager.default.createDirectory(
      atPath: "\(space.path)/\(folder)", withIntermediateDirectories: true)
    try space.write("\(folder)/p.yaml", text)
    try space.write(
      "\(folder)/digits.csv", (0..<12).map { "\($0),\(16 - $0),\($0 % 3)" }.joined(separator: "\n"))
    if let masked { chmod("\(space.path)/\(folder)/digits.csv", masked) }
    if touched {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)],
        ofItemAtPath: "\(space.path)/\(folder)/digits.csv")
    }
    let run = try await space.repro(
      ["run", "\(folder)/p.yaml", "--format", "json"] + options, environment: environment)
    try #require(run.status == 0, "\(run.errors)")
    var keys: [String: String] = ["run": try #require(run.json()["run"] as? String)]
    for stage in try #require(run.json()["stages"] as? [[String: Any]]) {
      keys[try #require(stage["name"] as? String)] = stage["key"] as? String
    }
    #expect(keys.count == 4)
    return keys
  }

  @Test func `the same experiment has the same keys wherever, whenever and however it is run`()
    async throws
  {
    let plain = try await keys()
    #expect(try await keys(["--jobs", "1", "--threads", "1", "--retries", "2"]) == plain)
    #expect(
      try await keys(environment: [
        "TZ": "Pacific/Kiritimati", "HOME": "/nonexistent", "LANG": "tr_TR.UTF-8", "LC_ALL": "C",
        "OMP_NUM_THREADS": "3", "REPRO_KERNELS": "portable",
      ]) == plain)
    #expect(try await keys(touched: true, masked: 0o600, folder: "deep/er folder") == plain)
    #expect(try await keys(text: "name: another\n" + Self.pipeline) == plain)
    let different = try await keys(text: Self.pipeline.replacing("seed: 3", with: "seed: 4"))
    #expect(different["data"] == plain["data"])
    #expect(different["noisy"] != plain["noisy"] && different["see"] != plain["see"])
  }
}
