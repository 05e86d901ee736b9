import Learning
import Testing

@Suite struct FormatsTarTests {
  /// An entry as POSIX writes it.
  private func entry(_ name: String, _ content: [UInt8], type: Character = "0", folder: String = "")
    -> [UInt8]
  {
    var header = [UInt8](repeating: 0, count: 512)
    func write(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    write(name, at: 0)
    write(octal(content.count, digits: 11), at: 124)
    write(String(type), at: 156)
    write("ustar\0" + "00", at: 257)
    write(folder, at: 345)
    write(String(repeating: " ", count: 8), at: 148)
    write(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
    return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  private func archive() -> [UInt8] {
    entry("folder/", [], type: "5")
      + entry("pax", Array("30 mtime=1\n".utf8), type: "x")
      + entry("folder/one.bin", Array("one".utf8))
      + entry("two.bin", [UInt8](repeating: 7, count: 1024), folder: "deep/er")
      + [UInt8](repeating: 0, count: 1024)
  }

  @Test func `reads plain files and passes over folders and extended headers`() throws {
    let tar = try Tar(archive(), path: "x")
    #expect(tar.members.map(\.name) == ["folder/one.bin", "deep/er/two.bin"])
    #expect(tar.members.map(\.lastName) == ["one.bin", "two.bin"])
    #expect(tar.content(of: tar.members[0]) == Array("one".utf8))
    #expect(tar.content(of: tar.members[1]) == [UInt8](repeating: 7, count: 1024))
  }

  @Test func `refuses what is no archive, links, wrong sums and sizes`() throws {
    #expect(
      message { try Tar([UInt8](repeating: 1, count: 600), path: "x") }
        == "x: byte 0: this is no tar file")
    #expect(message { try Tar([1, 2], path: "x") }.contains("512 bytes should follow"))
    #expect(
      message { try Tar(entry("a", [], type: "2"), path: "x") }
        == "x: byte 156: an entry that is no plain file cannot be read")
    var flipped = archive()
    flipped[512 * 3 + 3] ^= 1  // the name of one.bin
    #expect(
      message { try Tar(flipped, path: "x") } == "x: byte 1536: in the header: its sum is wrong")
    var large = entry("a", [])
    large.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0, count: 11))
    let sum = large.enumerated().reduce(0) { $0 + ((148..<156).contains($1.0) ? 32 : Int($1.1)) }
    let digits = String(sum, radix: 8)
    let written = String(repeating: "0", count: 6 - digits.count) + digits
    large.replaceSubrange(148..<154, with: Array(written.utf8))
    #expect(message { try Tar(large, path: "x") }.contains("a size that is no octal number"))
  }

  @Test func `notices every missing end`() {
    let whole = archive()
    for cut in stride(from: 0, to: whole.count - 1024, by: 100) {
      #expect(throws: FormatError.self) { try Tar(Array(whole[..<cut]), path: "x") }
    }
  }

  @Test func `survives any bytes`() {
    let whole = archive()
    for round in 0..<2000 as Range<UInt64> {
      guard let tar = try? Tar(mutated(whole, round: round), path: "") else { continue }
      for member in tar.members { _ = tar.content(of: member) }
    }
  }
}

@Suite struct FormatsCIFARTests {
  private func record(_ label: UInt8) -> [UInt8] {
    [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 1024 * 100 + Int(label)) }
  }

  @Test func `reads records: a label, then red, green and blue`() throws {
    let (inputs, labels) = try CIFAR.read(record(3) + record(9), path: "x")
    #expect(labels == [3, 9] && inputs.count == 2 * 3072)
    #expect([inputs[0], inputs[1024], inputs[3071], inputs[3072]] == [3, 103, 203, 9])
    #expect(try CIFAR.read([], path: "x").labels == [])
  }

  @Test func `refuses labels out of range and records cut short`() {
    #expect(
      message { try CIFAR.read(record(1) + record(10), path: "x") }
        == "x: byte 3073: 'label': record 2 has 10, classes are 0 to 9")
    #expect(
      message { try CIFAR.read(record(1).dropLast() + [], path: "x") }
        == "x: byte 1: 3072 bytes should follow, there are 3071")
  }
}
