import Documents
import Pipelines
import Testing

@Suite struct ScalarTests {
  /// What YAML text means, told by a param of that value.
  private func value(_ text: String) throws -> Value? {
    try resolve(
      """
      params: { it: \(text) }
      stages: { a: { uses: label-noise, inputs: { dataset: file:d }, config: { rate: 0 } } }
      """
    ).params["it"]
  }

  @Test(
    arguments: [
      ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nuLL", "nuLL"), ("true", true),
      ("True", true), ("FALSE", false), ("tRUE", "tRUE"), ("no", "no"), ("on", "on"), ("y", "y"),
      ("0", 0), ("-0", 0), ("+7", 7), ("-12", -12), ("007", 7), ("0o17", 15), ("0x1F", 31),
      ("0xg", "0xg"), ("0b11", "0b11"), ("-0x1", "-0x1"), ("1_000", "1_000"), ("12:30", "12:30"),
      ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
      ("0.1", 0.1), (".5", 0.5), ("1.", .float(1)), ("+1.5", 1.5), ("-1.5e-3", -0.0015),
      ("1e3", .float(1000)), ("1E+3", .float(1000)), ("0e0", .float(0)), ("0.0e-999", .float(0)),
      ("1e", "1e"), ("e1", "e1"), (".", "."), ("1.2.3", "1.2.3"), (".e3", ".e3"),
      ("5e-324", .float(.leastNonzeroMagnitude)), ("0x1p3", "0x1p3"), ("inf", "inf"),
      ("nan", "nan"),
      ("infinity", "infinity"), ("2024-01-01", "2024-01-01"), ("<<", "<<"), ("'1'", "1"),
      ("\"true\"", "true"), ("\"\"", ""), ("\"\\u00e9\\n\"", "é\n"),
    ] as [(String, Value)])
  func `reads scalars by YAML 1.2 alone`(text: String, expected: Value) throws {
    #expect(try value(text) == expected)
  }

  @Test func `tells minus zero from zero`() throws {
    #expect(try value("-0.0")?.float?.sign == .minus)
    #expect(try value("0.0")?.float?.sign == .plus)
  }

  @Test func `tells neighbouring doubles apart, and integers beyond them`() throws {
    #expect(try value("0.1") != value("0.10000000000000002"))
    #expect(try value("9007199254740993") == .int(9_007_199_254_740_993))
  }

  @Test func `tells types apart`() throws {
    let values = try ["1", "1.0", "\"1\"", "true", "\"true\"", "~", "\"~\"", "[]", "{}"].map(value)
    #expect(Set(values).count == values.count)
  }
}
