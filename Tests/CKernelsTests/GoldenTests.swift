import CKernels
import FoundationEssentials
import KernelChecks
import Testing

extension KernelTests {
  /// `Golden/kernels.txt` holds the digests that the plain-loop reference computes;
  /// `Tests/check-kernels.sh --golden` rewrites it.
  @Suite struct GoldenTests {
    @Test(arguments: Implementation.available, [1, 2, 3, 7] as [Int32])
    func `every operation has the reference's bits`(
      implementation: Implementation, threads: Int32
    ) throws {
      let golden = try goldenLines()
      let computed = with(implementation, threads: threads) { tableLines() }
      #expect(computed.count == golden.count)
      for (computed, golden) in zip(computed, golden) where computed != golden {
        Issue.record("\(computed), but it should be \(golden)")
      }
    }
  }
}

private func goldenLines() throws -> [String] {
  let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/kernels.txt")
  return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { String($0) }
}

private func tableLines() -> [String] {
  final class Lines { var lines: [String] = [] }
  let lines = Lines()
  kc_table(
    { context, name, digest in
      guard let context, let name else { return }
      let hex = String(digest, radix: 16)
      let padded = String(repeating: "0", count: 16 - hex.count) + hex
      Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue()
        .lines.append("\(padded) \(String(cString: name))")
    }, Unmanaged.passUnretained(lines).toOpaque())
  return lines.lines
}
