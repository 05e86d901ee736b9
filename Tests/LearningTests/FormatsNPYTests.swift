import Learning
import Testing

@Suite struct FormatsNPYTests {
  static let arrays: [(String, NumericArray)] = [
    (
      "float32-2x3",
      .floats([0, 0.1, -1.5, 3e38, .leastNonzeroMagnitude, .infinity], shape: [2, 3])
    ),
    ("float64-scalar", .doubles([0.1], shape: [])),
    ("int32-5", .integers([0, 1, -1, .max, .min])),
    ("int64-2x1x2", NumericArray(shape: [2, 1, 2], .int64([0, -1, .max, .min]))),
    ("uint8-1x2x2", .bytes([0, 1, 128, 255], shape: [1, 2, 2])),
    ("float16-4", NumericArray(shape: [4], .float16([0, 0.1, -65504, .infinity]))),
    ("uint16-3", NumericArray(shape: [3], .uint16([0, 258, 65535]))),
    ("bool-4", .flags([true, false, false, true])),
    ("float32-0x3", .floats([], shape: [0, 3])),
  ]

  @Test(arguments: arrays)
  func `reads what numpy writes`(name: String, array: NumericArray) throws {
    #expect(try NPY.read(fixture(name + ".npy"), path: name) == array)
  }

  @Test(arguments: arrays)
  func `writes the bytes that numpy writes`(name: String, array: NumericArray) throws {
    #expect(try NPY.bytes(of: array) == fixture(name + ".npy"))
  }

  @Test func `reads big-endian numbers and newer versions`() throws {
    #expect(try NPY.read(fixture("big-endian-int32.npy"), path: "").values == .int32([1, -2]))
    #expect(
      try NPY.read(fixture("big-endian-float64.npy"), path: "").values == .float64([0.1, -2]))
    #expect(
      try NPY.read(fixture("version-2.npy"), path: "").values == .int32([0, 1, -1, .max, .min]))
  }

  @Test func `pads long headers to the next 64 bytes`() throws {
    for dimensions in 1..<40 {
      let array = NumericArray.bytes([7], shape: Array(repeating: 1, count: dimensions))
      let bytes = NPY.bytes(of: array)
      #expect(bytes.count % 64 == 1)
      #expect(try NPY.read(bytes, path: "") == array)
    }
  }

  @Test func `reads any bool byte but 0 as true`() throws {
    var bytes = NPY.bytes(of: .flags([false, true]))
    bytes[bytes.count - 2] = 0xff
    #expect(try NPY.read(bytes, path: "").values == .bool([true, true]))
  }

  static let broken: [(String, String)] = [
    ("", "x.npy: byte 0: this is no .npy file"),
    ("PK", "x.npy: byte 0: this is no .npy file"),
    ("N\u{1}\u{0}", "x.npy: byte 8: 2 bytes should follow, there are 0"),
    (
      "N\u{9}\u{0}\u{0}\u{0}",
      "x.npy: byte 6: version 9.0 of .npy (1.0 to 3.0 can) cannot be read"
    ),
    ("N\u{1}\u{0}\u{9}\u{0}{}", "x.npy: byte 10: 9 bytes should follow, there are 2"),
    ("H{}", "x.npy: byte 12: in the header: 'descr', 'fortran_order' or 'shape' is missing"),
    ("H{'a': 1}", "x.npy: byte 15: in the header: unexpected key 'a'"),
    ("H{'shape': (3, -1)", "x.npy: byte 24: in the header: a size of the shape is no number"),
    (
      "H{'descr': [('a', '<f4')]", "x.npy: byte 20: an array of records cannot be read"
    ),
    (
      "H{'descr': '<u1', 'fortran_order': False, 'shape': (9223372036854775807, 2)}",
      "x.npy: byte 10: in the header: impossible shape [9223372036854775807, 2]"
    ),
    (
      "H{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2305843009213693952)}",
      "x.npy: byte 10: in the header: impossible shape [1, 2305843009213693952]"
    ),
    (
      "H{'descr': '<u1', 'fortran_order': False, 'shape': (1000000000000,)}",
      "x.npy: byte 77: 1000000000000 bytes should follow, there are 0"
    ),
    (
      "H{'descr': '<u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "x.npy: byte 61: in the header: a size of the shape is no number"
    ),
  ]

  /// `N` stands for the magic bytes, `H` for them with version 1.0 and the header's length.
  @Test(arguments: broken)
  func `names what is wrong, and where`(text: String, expected: String) {
    var bytes = Array(text.utf8)
    if text.first == "N" || text.first == "H" {
      let rest = bytes.dropFirst()
      bytes = [0x93] + Array("NUMPY".utf8)
      if text.first == "H" { bytes += [1, 0, UInt8(rest.count), 0] }
      bytes += rest
    }
    #expect(message { try NPY.read(bytes, path: "x.npy") } == expected)
  }

  @Test func `refuses Fortran order, other types and surplus bytes`() throws {
    #expect(
      message { try NPY.read(fixture("fortran.npy"), path: "x.npy") }.hasSuffix(
        "Fortran order (numpy.ascontiguousarray gives C order) cannot be read"))
    #expect(
      message { try NPY.read(fixture("complex64.npy"), path: "x.npy") }.hasSuffix(
        "type '<c8' (f2, f4, f8, i4, i8, u1, u2, b1 can) cannot be read"))
    #expect(
      message { try NPY.read(fixture("int32-5.npy") + [0], path: "x.npy") }
        == "x.npy: byte 148: the content ends here, 1 bytes follow")
  }

  @Test func `says which file cannot be reached`() {
    #expect(
      message { try NPY.read(contentsOf: "/nowhere/a.npy") }
        == "/nowhere/a.npy: open: no such file or directory")
    #expect(message { try NPY.read(contentsOf: "/") } == "/: read: is a directory")
  }

  @Test(arguments: ["float32-2x3.npy", "version-2.npy", "bool-4.npy"])
  func `survives any bytes`(name: String) throws {
    let bytes = try fixture(name)
    for round in 0..<4000 as Range<UInt64> {
      _ = try? NPY.read(mutated(bytes, round: round), path: name)
    }
  }
}
