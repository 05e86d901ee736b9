import Foundation
import Glibc
import Store
import Testing

/// The archive's own form, beside that of GNU tar.
@Suite struct TarHeaderTests {
  @Test(arguments: [0, 1, 511, 512, 513, 1 << 33 - 1, 1 << 33, 1 << 40])
  func `a header is read back`(size: Int) throws {
    let header = TarHeader(name: "objects/0123456789abcdef0123456789abcdef", size: size)
    #expect(header.bytes.count == 512)
    #expect(TarHeader(bytes: header.bytes) == header)
    #expect((size + header.padding) % 512 == 0)
  }

  @Test func `no bit of a header can be another`() {
    let bytes = TarHeader(name: "manifest.json", size: 1234).bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[place] ^= 1 << bit
        #expect(TarHeader(bytes: other) == nil, "bit \(bit) of byte \(place)")
      }
    }
  }

  /// `tar --format=ustar` writes the same bytes, but for the blocks that fill its last record.
  @Test func `GNU tar writes the same bytes`() throws {
    let scratch = Scratch()
    let files = ["a": "", "b": "12345", "c": String(repeating: "x", count: 512)]
    var expected: [UInt8] = []
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      try scratch.write(Array(text.utf8), to: name)
      let header = TarHeader(name: name, size: text.utf8.count)
      expected += header.bytes + Array(text.utf8) + [UInt8](repeating: 0, count: header.padding)
    }
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.currentDirectoryURL = URL(filePath: scratch.path)
    tar.arguments = [
      "tar", "--format=ustar", "--mtime=@0", "--numeric-owner", "--owner=0",
      "--group=0", "--mode=0444",
      "--blocking-factor=2", "-cf", "all.tar", "a", "b", "c",
    ]
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    let written = try Scratch.read("\(scratch.path)/all.tar")
    #expect(Array(written.prefix(expected.count)) == expected)
  }
}
