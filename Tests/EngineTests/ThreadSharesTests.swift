import Engine
import Foundation
import Testing

@Suite struct ThreadSharesTests {
  @Test func `a stage gets the threads that its neighbours leave`() throws {
    let folders = try (0..<3).map { _ in
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return folder.path(percentEncoded: false)
    }
    let shares = ThreadShares(of: 4)
    #expect(ThreadShares.share(in: folders[0]) == nil)
    #expect(shares.join(folders[0]) == 4)
    #expect(shares.join(folders[1]) == 2)
    #expect(ThreadShares.share(in: folders[0]) == 2)
    #expect(shares.join(folders[2]) == 1)
    shares.leave(folders[1])
    shares.leave(folders[2])
    #expect(ThreadShares.share(in: folders[0]) == 4)
    for folder in folders { try FileManager.default.removeItem(atPath: folder) }
  }
}
