import Foundation
import Store

/// A bundle taken apart, to be put together wrongly. Headers are those of the program, whose own rules
/// for them `TarHeaderTests` compare with GNU tar.
struct Archive {
  struct Entry {
    var header: [UInt8]
    var body: [UInt8]

    init(_ name: String, _ body: [UInt8]) {
      header = TarHeader(name: name, size: body.count).bytes
      self.body = body
    }

    init(header: [UInt8], body: [UInt8]) {
      self.header = header
      self.body = body
    }

    /// Writes into the header and makes its checksum right again.
    mutating func patch(_ place: Int, _ bytes: [UInt8]) {
      header.replaceSubrange(place..<place + bytes.count, with: bytes)
      header.replaceSubrange(148..<156, with: Array("        ".utf8))
      let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
      let digits = String(repeating: "0", count: 6 - sum.count) + sum
      header.replaceSubrange(148..<156, with: Array("\(digits)\0 ".utf8))
    }

    /// Another type of entry, such as a link, and where it leads.
    mutating func become(_ type: Character, _ target: String = "") {
      patch(156, Array("\(type)".utf8))
      patch(157, Array(target.utf8))
    }

    mutating func rename(_ name: String) {
      patch(0, Array(name.utf8) + [UInt8](repeating: 0, count: 100 - name.utf8.count))
    }
  }

  /// In order: the checksum, the manifest, the metadata, the objects.
  var entries: [Entry] = []
  var end = [UInt8](repeating: 0, count: 1024)

  init(_ bytes: [UInt8]) {
    var place = 0
    while let header = TarHeader(bytes: Array(bytes[place..<place + 512])) {
      let body = place + 512
      entries.append(
        Entry(header: Array(bytes[place..<body]), body: Array(bytes[body..<body + header.size])))
      place = body + header.size + header.padding
    }
  }

  var bytes: [UInt8] {
    var all: [UInt8] = []
    for entry in entries {
      all += entry.header + entry.body
      all += [UInt8](repeating: 0, count: (512 - entry.body.count % 512) % 512)
    }
    return all + end
  }

  /// Another manifest, with the right checksum.
  mutating func replaceManifest(_ text: String) {
    let bytes = Array(text.utf8)
    entries[0] = Entry(
      "manifest.json.sha256", Array("\(SHA256(hashing: bytes))  manifest.json\n".utf8))
    entries[1] = Entry("manifest.json", bytes)
  }

  var manifest: String { String(decoding: entries[1].body, as: UTF8.self) }
}
