/// A zip archive of stored members, all with one time.
func storedZip(_ members: [(name: String, bytes: [UInt8])], time: UInt32) -> [UInt8] {
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  for member in members {
    let common =
      little(UInt16(20)) + little(UInt16(0)) + little(UInt16(0)) + little(time)
      + little(crc32(member.bytes)) + little(UInt32(member.bytes.count))
      + little(UInt32(member.bytes.count)) + little(UInt16(member.name.utf8.count))
      + little(UInt16(0))
    directory += [0x50, 0x4b, 1, 2] + little(UInt16(20)) + common
    directory += [UInt8](repeating: 0, count: 10) + little(UInt32(archive.count)) + member.name.utf8
    archive += [0x50, 0x4b, 3, 4] + common + member.name.utf8 + member.bytes
  }
  let count = little(UInt16(members.count))
  return archive + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count
    + little(UInt32(directory.count)) + little(UInt32(archive.count)) + [0, 0]
}

private func little(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1
    }
  }
}
