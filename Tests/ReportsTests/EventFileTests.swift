import Reports
import Testing

@Suite struct EventFileTests {
  /// RFC 3720, appendix B.4, and the usual check of nine digits.
  @Test func `CRC-32C gives the published values`() {
    let crc = CRC32.castagnoli
    #expect(crc.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc.checksum(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc.checksum(of: (0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(crc.checksum(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32.ieee.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926)
  }

  @Test func `an independent reader finds the scalars`() throws {
    var file = EventFile(time: 1_700_000_000)
    file.add([("train/loss", 0.5), ("test/accuracy", 0.25)], step: 1, time: 1_700_000_001)
    file.add([("train/loss", -1e-3)], step: 300, time: 1_700_000_002.5)
    let events = try TensorBoardReader.events(in: file.bytes)
    #expect(events.map(\.version) == ["brain.Event:2", nil, nil])
    #expect(events.map(\.step) == [0, 1, 300])
    #expect(events.map(\.time) == [1_700_000_000, 1_700_000_001, 1_700_000_002.5])
    #expect(events[1].scalars.map(\.tag) == ["train/loss", "test/accuracy"])
    #expect(events[1].scalars.map(\.value) == [0.5, 0.25])
    #expect(events[2].scalars.map(\.value) == [-1e-3])
  }
}

/// Reads event files by the letter of the formats, sharing nothing with what writes them.
enum TensorBoardReader {
  struct Event {
    var time = 0.0
    var step = 0
    var version: String?
    var scalars: [(tag: String, value: Float)] = []
  }

  static func events(in bytes: [UInt8]) throws -> [Event] {
    var rest = bytes[...]
    var events: [Event] = []
    while !rest.isEmpty {
      let length = rest.prefix(8)
      try #require(number(rest.dropFirst(8).prefix(4)) == check(Array(length)))
      let count = try #require(Int(exactly: number(length)))
      let data = rest.dropFirst(12).prefix(count)
      try #require(data.count == count)
      try #require(number(rest.dropFirst(12 + count).prefix(4)) == check(Array(data)))
      events.append(try event(data))
      rest = rest.dropFirst(16 + count)
    }
    return events
  }

  private static func event(_ bytes: ArraySlice<UInt8>) throws -> Event {
    var event = Event()
    for (field, value) in try fields(bytes) {
      switch field {
      case 1: event.time = Double(bitPattern: number(value))
      case 2: event.step = Int(varint(value))
      case 3: event.version = String(decoding: value, as: UTF8.self)
      case 5:
        for (field, value) in try fields(value) where field == 1 {
          let parts = try fields(value)
          let tag = try #require(parts.first { $0.0 == 1 }).1
          let number = number(try #require(parts.first { $0.0 == 2 }).1)
          event.scalars.append(
            (String(decoding: tag, as: UTF8.self), Float(bitPattern: UInt32(number))))
        }
      default: break
      }
    }
    return event
  }

  private static func fields(
    _ bytes: ArraySlice<UInt8>
  ) throws -> [(Int, ArraySlice<UInt8>)] {
    var rest = bytes
    var fields: [(Int, ArraySlice<UInt8>)] = []
    func takeVarint() -> ArraySlice<UInt8> {
      let head = rest.prefix { $0 >= 0x80 }
      let all = rest.prefix(head.count + 1)
      rest = rest.dropFirst(all.count)
      return all
    }
    while !rest.isEmpty {
      let key = varint(takeVarint())
      var size = 0
      switch key & 7 {
      case 0:
        fields.append((Int(key >> 3), takeVarint()))
        continue
      case 1: size = 8
      case 5: size = 4
      default: size = Int(varint(takeVarint()))
      }
      try #require(rest.count >= size)
      fields.append((Int(key >> 3), rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return fields
  }

  private static func varint(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Bit by bit, as the polynomial says.
  private static func check(_ bytes: [UInt8]) -> UInt64 {
    var rest: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      rest ^= UInt32(byte)
      for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
    }
    rest = ~rest
    return UInt64((rest >> 15 | rest << 17) &+ 0xA282_EAD8)
  }
}
