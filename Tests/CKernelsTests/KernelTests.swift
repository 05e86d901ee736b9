import CKernels
import KernelChecks
import Testing

/// All that selects a path or a number of threads, which are the process': one test at a time.
@Suite(.serialized) struct KernelTests {}

/// An implementation that a test can select.
struct Implementation: CustomTestStringConvertible {
  let name: String
  let number: Int32

  var testDescription: String { name }

  /// Those that this machine can run.
  static let available: [Implementation] =
    ((0..<Int32(CK_PATH_COUNT)).map { path in
      Implementation(name: ck_path_name(path).map { String(cString: $0) } ?? "?", number: path)
    } + [Implementation(name: "sixteen lanes in halves", number: Int32(KC_SIXTEEN))])
    .filter { kc_select($0.number) == 0 }
}

/// Runs `body` on an implementation and a number of threads, then returns to the usual ones.
func with<Result>(
  _ implementation: Implementation, threads: Int32 = 1, _ body: () throws -> Result
) rethrows -> Result {
  let usual = ck_path()
  defer {
    ck_select_path(usual)
    ck_set_threads(1)
  }
  #expect(kc_select(implementation.number) == 0)
  ck_set_threads(threads)
  return try body()
}
