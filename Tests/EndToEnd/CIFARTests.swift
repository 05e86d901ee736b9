import Foundation
import Subprocess
import SystemPackage
import Testing

/// CIFAR-10 and the labels that people gave to it, from the official files.
@Suite struct CIFARTests {
  /// They lie beside this checkout.
  private static let data = "\(Workspace.package)/../shared/data"

  private func shell(_ space: borrowing Workspace, _ command: String) async throws {
    let done = try await Subprocess.run(
      .name("sh"), arguments: ["-c", command], workingDirectory: FilePath(space.path),
      output: .discarded, error: .string(limit: 1 << 16))
    try #require(done.terminationStatus == .exited(0), "\(done.standardError)")
  }

  /// A .npy file of the first 10,000 of a label set.
  private func firstLabels(_ name: String) throws -> Data {
    let all = try Data(contentsOf: URL(filePath: "\(Self.data)/cifar-10n/\(name).npy"))
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (10000,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var file = Data([0x93])
    file.append(contentsOf: Array("NUMPY".utf8))
    file.append(contentsOf: [1, 0, 118, 0])
    file.append(contentsOf: Array(header.utf8))
    file.append(all.suffix(50_000).prefix(10_000))
    return file
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `a batch is read with its labels, and people's labels go with its images`() async throws {
    let space = try Workspace()
    try await shell(
      space,
      """
      mkdir cifar && cd cifar
      xz -dc '\(Self.data)/cifar-10/data_batch_1.bin.xz' > data_batch_1.bin
      xz -dc '\(Self.data)/cifar-10/test_batch_first1000.bin.xz' > test_batch_first1000.bin
      """)
    try firstLabels("clean_label").write(to: URL(filePath: "\(space.path)/clean_label.npy"))
    try firstLabels("worse_label").write(to: URL(filePath: "\(space.path)/worse_label.npy"))
    try space.write(
      "p.yaml",
      """
      params: { labels: worse_label }
      stages:
        data: { uses: cifar-dataset, inputs: { archive: "file:cifar" } }
        noisy: { uses: human-labels, inputs: { dataset: data.dataset, labels: "file:${params.labels}.npy" } }
        labels:
          run: [python3, "${inputs.script}", "${inputs.file}", "${outputs.labels}"]
          inputs: { script: "file:script.py", file: "file:human.pt" }
          outputs: { labels: labels }
          seed: null
      """)
    let script = "\(Workspace.package)/pipelines/scripts/cifar10n_labels.py"
    try FileManager.default.copyItem(atPath: script, toPath: "\(space.path)/script.py")
    try FileManager.default.copyItem(
      atPath: "\(Self.data)/cifar-10n/CIFAR-10_human.pt", toPath: "\(space.path)/human.pt")
    let worse = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(worse.status == 0, "\(worse.errors)")
    #expect(try abs(rate(worse) - 0.402) < 0.01)
    // Labels of these very images: not one differs.
    let clean = try await space.repro(
      "run", "p.yaml", "--set", "labels=clean_label", "--format", "json")
    #expect(try rate(clean) == 0)
    // All 50,000 out of the pickle are too many for one batch.
    let many = try await space.repro(
      "run", "p.yaml", "--set", "stages.noisy.inputs.labels=labels.labels/worse_label")
    #expect(many.status == 1 && many.errors.contains("50000 labels for 10000 samples"))
  }

  private func rate(_ run: Workspace.Result) throws -> Double {
    let stages = try #require(run.json()["stages"] as? [[String: Any]])
    let noisy = try #require(stages.first { $0["name"] as? String == "noisy" })
    return try #require((noisy["results"] as? [String: Any])?["flip rate"] as? Double)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: data)))
  func `the archive is read as the folder is`() async throws {
    let space = try Workspace()
    try await shell(
      space,
      """
      mkdir -p cifar-10-batches-bin && cd cifar-10-batches-bin
      xz -dc '\(Self.data)/cifar-10/test_batch_first1000.bin.xz' > test_batch.bin
      cp test_batch.bin data_batch_1.bin && cp test_batch.bin data_batch_2.bin
      echo airplane > batches.meta.txt
      cd .. && mkdir archive && tar czf archive/cifar-10-binary.tar.gz cifar-10-batches-bin
      """)
    try space.write(
      "p.yaml",
      """
      stages:
        folder: { uses: cifar-dataset, inputs: { archive: "file:cifar-10-batches-bin" } }
        file: { uses: cifar-dataset, inputs: { archive: "file:archive/cifar-10-binary.tar.gz" } }
        fetched: { uses: cifar-dataset, inputs: { archive: "file:archive" } }
      """)
    let run = try await space.repro("run", "p.yaml", "--format", "json")
    try #require(run.status == 0, "\(run.errors)")
    #expect(Set(try run.digests().values).count == 1)
    try await shell(space, "rm cifar-10-batches-bin/data*")
    let none = try await space.repro("run", "p.yaml")
    #expect(none.status == 1 && none.errors.contains("there is no file 'data_batch_*.bin'"))
  }
}
