import Documents
import Foundation
import Learning
import Testing

@Suite struct FormatsCSVTests {
  func rows(_ text: String, separator: Character = ",") throws -> [[String]] {
    try CSV.rows(Array(text.utf8), path: "x.csv", separator: separator)
  }

  @Test func `reads rows, with or without quotes, whatever ends a line`() throws {
    #expect(try rows("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
    #expect(try rows("a,b\r\n\r\n1,\r\n,2") == [["a", "b"], ["1", ""], ["", "2"]])
    #expect(try rows("\"a,\"\"b\"\"\n\",c\n") == [["a,\"b\"\n", "c"]])
    #expect(try rows("\u{feff}a;b", separator: ";") == [["a", "b"]])
    #expect(try rows("") == [])
  }

  @Test(arguments: [
    ("a\n\"b", "x.csv: byte 2: line 2: a quote that is never closed"),
    ("\"b\"c", "x.csv: byte 3: line 1: text after a closing quote"),
  ])
  func `names the line that is wrong`(text: String, expected: String) {
    #expect(message { try rows(text) } == expected)
  }

  @Test func `refuses what is not UTF-8`() {
    #expect(
      message { try CSV.rows([0x31, 0x0a, 0xff], path: "x.csv") }
        == "x.csv: byte 3: line 2: not UTF-8")
  }

  @Test func `reads a table of numbers`() throws {
    let table = try CSV.numbers(Array("a,b\n 1,-2.5 \n1e3,+.5\n".utf8), path: "x.csv", header: true)
    #expect(table == .doubles([1, -2.5, 1000, 0.5], shape: [2, 2]))
  }

  @Test(arguments: [
    ("1,2\n3\n", "x.csv: byte 4: line 2: 1 fields, the first row has 2"),
    ("1,nan\n", "x.csv: byte 0: line 1: field 2: 'nan' is no number"),
    ("1,1e999\n", "x.csv: byte 0: line 1: field 2: '1e999' is no number"),
    ("1,\n", "x.csv: byte 0: line 1: field 2: '' is no number"),
    ("0x10", "x.csv: byte 0: line 1: field 1: '0x10' is no number"),
    ("1 2", "x.csv: byte 0: line 1: field 1: '1 2' is no number"),
  ])
  func `refuses what is no number`(text: String, expected: String) {
    #expect(message { try CSV.numbers(Array(text.utf8), path: "x.csv") } == expected)
  }

  @Test func `survives any bytes`() {
    let bytes = Array("a,\"b\"\"\"\r\n1,2.5e3\n\n\u{e9},-4".utf8)
    for round in 0..<4000 as Range<UInt64> {
      let broken = mutated(bytes, round: round)
      _ = try? CSV.rows(broken, path: "")
      _ = try? CSV.numbers(broken, path: "", header: true)
    }
  }
}

@Suite struct FormatsJSONLinesTests {
  let rows: [Value] = [
    ["epoch": 1, "train/loss": 0.5], ["epoch": 2, "train/loss": nil], ["epoch": 3, "note": "a\nb"],
  ]

  @Test func `reads back what it writes, one document a line`() throws {
    let bytes = JSONLines.bytes(of: rows)
    #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 3)
    #expect(try JSONLines.read(bytes, path: "m") == rows)
    #expect(try JSONLines.read(Array("\n{}\r\n\n".utf8), path: "m") == [[:]])
    #expect(try JSONLines.read([], path: "m") == [])
  }

  @Test func `writes numbers that are not finite as null`() {
    #expect(
      String(decoding: JSONLines.bytes(of: [["x": .float(.nan)]]), as: UTF8.self)
        == "{\"x\":null}\n")
  }

  @Test func `names the line that is wrong`() {
    let message = message { try JSONLines.read(Array("{}\n{\"a\":1".utf8), path: "m.jsonl") }
    #expect(message == "m.jsonl: byte 3: line 2: the document ends early")
  }
}
