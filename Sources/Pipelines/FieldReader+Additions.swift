import Documents

extension FieldReader {
  /// A field that a kind gained after results had been stored, read by `body` under this name.
  ///
  /// Where its value is the default it is in neither the resolved config nor the key: stages that do not use it keep
  /// the keys they had. So its default must mean what the kind did before.
  public mutating func addition<T>(
    _ name: String, _ body: (inout FieldReader) -> T
  ) -> T {
    let result = body(&self)
    let (_, untouched) = nested(nil, path: [], place: place, silent: true, body)
    omit(name, ifResolvedAs: untouched)
    return result
  }

  /// A list of texts. `check` returns what is wrong with one, to be read behind its place in the list.
  public mutating func texts(
    _ name: String, default defaultValue: [String]? = nil, _ about: String,
    check: @escaping (String) -> String? = { _ in nil }
  ) -> [String] {
    list(
      name, default: defaultValue, type: "text", range: nil, about, encode: { .string($0) },
      decode: { node in
        guard let text = node.text else { return .wrongType }
        return check(text).map { .unfit($0) } ?? .value(text)
      })
  }
}
