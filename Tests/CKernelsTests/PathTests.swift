import CKernels
import KernelChecks
import Testing

extension KernelTests {
  @Suite struct PathTests {
    @Test func `portable runs everywhere, and what cannot run is refused`() {
      #expect(ck_path_available(Int32(CK_PORTABLE)) == 1)
      let before = ck_path()
      #expect(ck_select_path(-1) == -1)
      #expect(ck_select_path(Int32(CK_PATH_COUNT)) == -1)
      for path in 0..<Int32(CK_PATH_COUNT) where ck_path_available(path) == 0 {
        #expect(ck_select_path(path) == -1)
      }
      #expect(ck_path() == before)
    }

    @Test func `numbers of threads are kept within bounds`() {
      defer { ck_set_threads(1) }
      for (asked, given) in [(0, 1), (1, 1), (7, 7), (1000, 64)] as [(Int32, Int32)] {
        ck_set_threads(asked)
        #expect(ck_threads() == given)
      }
    }

    @Test(arguments: Implementation.available, [1, 3] as [Int32])
    func `subnormals survive a caller that flushes them`(
      implementation: Implementation, threads: Int32
    ) {
      #expect(with(implementation, threads: threads) { kc_keeps_subnormals() } == 1)
    }

    @Test(arguments: Implementation.available)
    func `calls at the same time do not disturb each other`(implementation: Implementation) {
      #expect(with(implementation, threads: 2) { kc_agrees_with_itself(4, 50) } == 1)
    }
  }
}
