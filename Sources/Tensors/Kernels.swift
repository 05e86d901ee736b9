import CKernels

/// How the arithmetic is carried out on this machine. Neither choice changes a single bit of a result.
public enum Kernels {
  /// A way to compute: instructions of the processor.
  public enum Path: String, CaseIterable, Sendable {
    /// Plain loops, on every machine.
    case portable
    case avx2
    case avx512
    case neon
    /// Plain loops with the fused operation made of binary64 arithmetic: a test of that emulation.
    case emulated

    fileprivate var number: Int32 {
      switch self {
      case .portable: Int32(CK_PORTABLE)
      case .avx2: Int32(CK_AVX2)
      case .avx512: Int32(CK_AVX512)
      case .neon: Int32(CK_NEON)
      case .emulated: Int32(CK_EMULATED)
      }
    }
  }

  /// The paths that this machine can take.
  public static var availablePaths: [Path] {
    Path.allCases.filter { ck_path_available($0.number) != 0 }
  }

  /// The path in use; at first the fastest that there is.
  public static var path: Path { Path.allCases.first { $0.number == ck_path() } ?? .portable }

  /// Takes one of `availablePaths` from now on, for every thread of the process.
  public static func select(_ path: Path) {
    guard ck_select_path(path.number) == 0 else {
      fatalError("kernels: this machine has no \(path.rawValue)")
    }
  }

  /// The threads that a kernel may use, its caller's included; 1 at first, kept in `1...64`.
  public static var threads: Int {
    get { Int(ck_threads()) }
    set { ck_set_threads(Int32(clamping: newValue)) }
  }
}
