/// Checks that `bytes` are text a pipeline file may consist of: bounded, UTF-8, nothing invisible.
///
/// - Returns: The bytes without a byte order mark.
func checkedText(_ bytes: [UInt8], file: String) throws(PipelineError) -> [UInt8] {
  let start = SourceLocation(file: file, line: 1, column: 1)
  guard bytes.count <= YAMLReader.maxBytes else {
    throw PipelineError(.tooLarge(bytes: bytes.count, limit: YAMLReader.maxBytes), at: start)
  }
  let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  let hasMark = bytes.starts(with: mark)
  let text = hasMark ? Array(bytes.dropFirst(mark.count)) : bytes
  var parser = Unicode.UTF8.ForwardParser()
  var source = text.makeIterator()
  var (offset, line, column) = (hasMark ? mark.count : 0, 1, 1)
  while true {
    let place = SourceLocation(file: file, line: line, column: column)
    switch parser.parseScalar(from: &source) {
    case .emptyInput: return text
    case .error: throw PipelineError(.notUTF8(byteOffset: offset), at: place)
    case .valid(let encoded):
      let scalar = Unicode.UTF8.decode(encoded)
      guard isAllowed(scalar) else {
        throw PipelineError(.controlCharacter(scalar.value), at: place)
      }
      offset += encoded.count
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
  }
}

/// Whether a character may stand in a file: no control character but tab and line ends, none that
/// YAML 1.1 takes for a line end and YAML 1.2 does not, no byte order mark inside, no noncharacter.
private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A, 0x0D: true
  case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
  default: true
  }
}
