import Learning
import Testing

@Suite struct FormatsSafetensorsTests {
  static var mixed: Safetensors {
    Safetensors(
      metadata: ["format": "pt"],
      entries: FormatsNPYTests.arrays.map { name, array in
        .init(name.split(separator: "-").joined(separator: "."), array)
      })
  }

  @Test func `reads what the safetensors library writes`() throws {
    let read = try Safetensors.read(fixture("mixed.safetensors"), path: "mixed")
    #expect(read.metadata == ["format": "pt"])
    #expect(read.entries.count == Self.mixed.entries.count)
    for entry in Self.mixed.entries { #expect(read[entry.name] == entry.array) }
  }

  @Test func `writes the bytes that the safetensors library writes`() throws {
    #expect(try Self.mixed.bytes == fixture("mixed.safetensors"))
  }

  @Test func `writes equal contents alike, whatever their order`() {
    var reversed = Self.mixed
    reversed.entries.reverse()
    #expect(reversed.bytes == Self.mixed.bytes)
  }

  @Test func `reads back names and metadata of any characters`() throws {
    let text = "\"\\\n\r\t\u{8}\u{c}\u{1}\u{1f}é😀"
    let file = Safetensors(
      metadata: [text: text, "": ""], entries: [.init(text, .floats([1])), .init("", .bytes([]))])
    let read = try Safetensors.read(file.bytes, path: "")
    #expect(read.metadata == file.metadata)
    #expect(Set(read.entries) == Set(file.entries))
    #expect(try Safetensors.read(Safetensors().bytes, path: "") == Safetensors())
  }

  static let broken: [(String, String)] = [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      "4 bytes should follow, there are 0"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}"#,
      "shape [1] does not fill bytes 0 to 2"
    ),
    (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}"#, "a gap or an overlap before 'a'"),
    (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"#, "missing or malformed"),
    (#"{"a":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]}}"#, "'a' of type BF16"),
    (
      #"{"a":{"dtype":"U8","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, "does not fill"
    ),
    (#"{"a":7}"#, "missing or malformed"),
    (#"{"__metadata__":{"epoch":7}}"#, "'__metadata__' holds 'epoch', which is no text"),
    (#"{"__metadata__":[]}"#, "'__metadata__' is no map"),
    (#"{"a":1,"a":1}"#, "second time"),
    ("[]", "this is no safetensors file"),
    ("{", "ends early"),
  ]

  @Test(arguments: broken)
  func `names what is wrong`(header: String, expected: String) {
    let length = UInt8(header.utf8.count)
    let bytes = [length, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
    let message = message { try Safetensors.read(bytes, path: "x") }
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `refuses what is no such file, and surplus bytes`() throws {
    #expect(
      message { try Safetensors.read([1, 2, 3], path: "x") }
        == "x: byte 0: 8 bytes should follow, there are 3")
    #expect(
      message { try Safetensors.read(Array("PK, any zip file".utf8), path: "x") }
        == "x: byte 0: this is no safetensors file")
    let bytes = try fixture("mixed.safetensors")
    #expect(
      message { try Safetensors.read(bytes + [0], path: "x") }
        == "x: byte \(bytes.count): the content ends here, 1 bytes follow")
  }

  @Test func `survives any bytes`() throws {
    let bytes = try fixture("mixed.safetensors")
    for round in 0..<4000 as Range<UInt64> {
      _ = try? Safetensors.read(mutated(bytes, round: round), path: "")
    }
  }
}
