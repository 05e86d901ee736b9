/// A file of scalars that TensorBoard reads: records of serialised `Event` messages.
///
/// Source: tensorflow/core/util/event.proto and summary.proto; the framing is TFRecord's, core/lib/io/record_writer.h.
package struct EventFile: Sendable {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  /// Begins the file, as a reader expects: with the version of the format. `time` is in seconds since 1970.
  package init(time: Double) {
    var event = ProtobufMessage()
    event.add(1, double: time)
    event.add(3, text: "brain.Event:2")
    append(event)
  }

  /// Adds the scalars of one step, each under its tag.
  package mutating func add(_ scalars: [(tag: String, value: Double)], step: Int, time: Double) {
    var summary = ProtobufMessage()
    for (tag, value) in scalars {
      var entry = ProtobufMessage()
      entry.add(1, text: tag)
      entry.add(2, float: Float(value))
      summary.add(1, message: entry)
    }
    var event = ProtobufMessage()
    event.add(1, double: time)
    event.add(2, integer: Int64(step))
    event.add(5, message: summary)
    append(event)
  }

  /// Frames a message: its length, the length's check, the message, its check.
  private mutating func append(_ message: ProtobufMessage) {
    let length = littleEndian(UInt64(message.bytes.count))
    bytes += length + littleEndian(Self.masked(length))
    bytes += message.bytes + littleEndian(Self.masked(message.bytes))
  }

  /// The check of bytes that may hold checks themselves: rotated, and a constant added.
  package static func masked(_ bytes: [UInt8]) -> UInt32 {
    let sum = CRC32.castagnoli.checksum(of: bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}

/// A message of Protocol Buffers that is being written. Source: protobuf.dev, "Encoding".
package struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  package mutating func add(_ field: Int, double value: Double) {
    bytes += varint(UInt64(field) << 3 | 1) + littleEndian(value.bitPattern)
  }

  package mutating func add(_ field: Int, float value: Float) {
    bytes += varint(UInt64(field) << 3 | 5) + littleEndian(value.bitPattern)
  }

  package mutating func add(_ field: Int, integer value: Int64) {
    bytes += varint(UInt64(field) << 3) + varint(UInt64(bitPattern: value))
  }

  package mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

  package mutating func add(_ field: Int, message: ProtobufMessage) {
    add(field, bytes: message.bytes)
  }

  private mutating func add(_ field: Int, bytes content: [UInt8]) {
    bytes += varint(UInt64(field) << 3 | 2) + varint(UInt64(content.count)) + content
  }

  /// Seven bits a byte, the lowest first.
  private func varint(_ number: UInt64) -> [UInt8] {
    var rest = number
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
