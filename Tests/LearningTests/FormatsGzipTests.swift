import Learning
import Testing

@Suite struct FormatsGzipTests {
  @Test func `joins members and takes zeros at the end for padding`() throws {
    let content = try Gzip.inflated(fixture("two-members.gz"), path: "x")
    #expect(String(decoding: content, as: UTF8.self) == "one,two")
  }

  @Test func `inflates only what is compressed when told so`() throws {
    #expect(try Gzip.inflatedIfNeeded([1, 2], path: "x") == [1, 2])
    #expect(message { try Gzip.inflated([1, 2], path: "x") } == "x: byte 0: this is no gzip file")
  }

  @Test func `stops at the limit`() throws {
    let bytes = try fixture("two-members.gz")
    #expect(try Gzip.inflated(bytes, path: "x", limitInBytes: 7).count == 7)
    #expect(throws: FormatError.self) { try Gzip.inflated(bytes, path: "x", limitInBytes: 6) }
    #expect(
      message { try Gzip.inflated(bytes, path: "x", limitInBytes: 3) }.hasSuffix(
        "more than the 3 bytes allowed"))
  }

  @Test func `notices damage and missing ends`() throws {
    let bytes = try fixture("images.idx.gz")
    for cut in 2..<bytes.count {
      #expect(
        message { try Gzip.inflated(Array(bytes[..<cut]), path: "x") }
          == "x: byte \(cut): compressed data: ends early")
    }
    var damaged = bytes
    damaged[bytes.count - 8] ^= 1
    #expect(
      message { try Gzip.inflated(damaged, path: "x") }.hasSuffix(
        "compressed data: incorrect data check"))
  }

  @Test func `survives any bytes`() throws {
    let bytes = try fixture("two-members.gz")
    for round in 0..<2000 as Range<UInt64> {
      _ = try? Gzip.inflated(mutated(bytes, round: round), path: "", limitInBytes: 1 << 20)
    }
  }
}

@Suite struct FormatsIDXTests {
  @Test func `reads images, gzipped or not`() throws {
    let bytes = try Gzip.inflated(fixture("images.idx.gz"), path: "x")
    let array = NumericArray.bytes([0, 1, 2, 253, 254, 255], shape: [2, 1, 3])
    #expect(try IDX.read(bytes, path: "x") == array)
    try withScratchFolder { folder in
      try writeFile(fixture("images.idx.gz"), to: folder + "/a.gz")
      #expect(try IDX.read(contentsOf: folder + "/a.gz") == array)
    }
  }

  @Test(
    arguments: [
      (
        [0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 0, 1, 255, 255, 255, 254],
        NumericArray.Values.int32([1, -2])
      ),
      ([0, 0, 13, 0, 0x3f, 0x80, 0, 0], .float32([1])),
      ([0, 0, 14, 0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], .float64([1])),
    ] as [([UInt8], NumericArray.Values)])
  func `reads big-endian numbers`(bytes: [UInt8], values: NumericArray.Values) throws {
    #expect(try IDX.read(bytes, path: "x").values == values)
  }

  @Test(
    arguments: [
      ([1, 0, 8, 1], "x: byte 0: this is no IDX file"),
      ([0, 0, 9, 1], "x: byte 2: element type 9 (8, 12, 13, 14 can) cannot be read"),
      ([0, 0, 8, 1, 0, 0, 0], "x: byte 4: 4 bytes should follow, there are 3"),
      ([0, 0, 8, 1, 0, 0, 0, 2, 7], "x: byte 8: 2 bytes should follow, there are 1"),
      ([0, 0, 8, 1, 0, 0, 0, 1, 7, 7], "x: byte 9: the content ends here, 1 bytes follow"),
      (
        [0, 0, 8, 2] + Array(repeating: 255, count: 8),
        "x: byte 4: in the header: impossible shape [4294967295, 4294967295]"
      ),
    ] as [([UInt8], String)])
  func `names what is wrong, and where`(bytes: [UInt8], expected: String) {
    #expect(message { try IDX.read(bytes, path: "x") } == expected)
  }

  @Test func `survives any bytes`() throws {
    let bytes = try Gzip.inflated(fixture("images.idx.gz"), path: "x")
    for round in 0..<4000 as Range<UInt64> {
      _ = try? IDX.read(mutated(bytes, round: round), path: "")
    }
  }
}
