import Learning
import Testing

@Suite struct FormatsZipTests {
  @Test(arguments: ["stored.npz", "deflated.npz"])
  func `reads the members of NumPy's archives`(name: String) throws {
    let zip = try Zip(fixture(name), path: name)
    #expect(zip.members.map(\.name) == ["weight.npy", "bias.npy"])
    let weight = try zip.content(of: zip.members[0])
    #expect(weight == (try fixture("float32-2x3.npy")))
    let bias = try NPY.read(zip.content(of: zip.members[1]), path: name)
    #expect(bias == .doubles([Double](repeating: 0, count: 300)))
    #expect(throws: FormatError.self) { try zip.content(of: zip.members[1], limitInBytes: 100) }
  }

  @Test func `refuses what is no archive, and members that are not what the directory says`() throws
  {
    #expect(message { try Zip([1, 2], path: "x") } == "x: byte 0: this is no zip file")
    var bytes = try fixture("stored.npz")
    // In the first member's numbers.
    bytes[200] ^= 1
    let zip = try Zip(bytes, path: "x")
    #expect(message { try zip.content(of: zip.members[0]) }.contains("not what the directory says"))
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func `survives any bytes`(name: String) throws {
    let bytes = try fixture(name)
    for round in 0..<2000 as Range<UInt64> {
      guard let zip = try? Zip(mutated(bytes, round: round), path: "") else { continue }
      for member in zip.members.prefix(4) {
        _ = try? zip.content(of: member, limitInBytes: 1 << 20)
      }
    }
    // The directory at the end, where most of the trust is.
    for place in bytes.count - 160..<bytes.count {
      for value in [0, 1, 0x7f, 0xff] as [UInt8] {
        var changed = bytes
        changed[place] = value
        guard let zip = try? Zip(changed, path: "") else { continue }
        for member in zip.members { _ = try? zip.content(of: member, limitInBytes: 1 << 20) }
      }
    }
  }
}
