// libyaml, the C library inside Yams, used directly: Yams itself offers whole documents only, built by
// recursion without a bound, aliases followed and duplicate keys compared by walking them. A file
// that is hostile has to be refused before any of that.
import CYaml

/// What libyaml finds next in a document, with its place.
struct YAMLEvent {
  enum Kind {
    case documentStart
    case scalar(String, isPlain: Bool)
    case listStart(isFlow: Bool)
    case mapStart(isFlow: Bool)
    case alias(String)
    /// The end of a list, a map or a document.
    case end
    case streamEnd
  }

  let kind: Kind
  let anchor: String?
  let tag: String?
  let place: SourceLocation
}

/// Splits the bytes of a YAML file into events, one at a time and in constant depth of stack.
///
/// The bytes have been checked: UTF-8 without control characters.
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// libyaml reads from here while it parses.
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let origin: Origin

  /// Where the bytes come from: a file with lines, or an option of the command line.
  enum Origin {
    case file(String)
    case option(SourceLocation)
  }

  init(_ bytes: [UInt8], origin: Origin) {
    self.origin = origin
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else { fatalError("libyaml: out of memory") }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  func next() throws(PipelineError) -> YAMLEvent {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
      defer { yaml_event_delete(&event) }
      if event.type != YAML_STREAM_START_EVENT { return read(event) }
    }
  }

  private func read(_ event: yaml_event_t) -> YAMLEvent {
    let place = place(event.start_mark)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      return YAMLEvent(kind: .documentStart, anchor: nil, tag: nil, place: place)
    case YAML_ALIAS_EVENT:
      let name = text(event.data.alias.anchor) ?? ""
      return YAMLEvent(kind: .alias(name), anchor: nil, tag: nil, place: place)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return YAMLEvent(
        kind: .scalar(value, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE),
        anchor: text(scalar.anchor), tag: text(scalar.tag), place: place)
    case YAML_SEQUENCE_START_EVENT:
      let list = event.data.sequence_start
      return YAMLEvent(
        kind: .listStart(isFlow: list.style == YAML_FLOW_SEQUENCE_STYLE),
        anchor: text(list.anchor), tag: text(list.tag), place: place)
    case YAML_MAPPING_START_EVENT:
      let map = event.data.mapping_start
      return YAMLEvent(
        kind: .mapStart(isFlow: map.style == YAML_FLOW_MAPPING_STYLE), anchor: text(map.anchor),
        tag: text(map.tag), place: place)
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT:
      return YAMLEvent(kind: .streamEnd, anchor: nil, tag: nil, place: place)
    default:
      return YAMLEvent(kind: .end, anchor: nil, tag: nil, place: place)
    }
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private func place(_ mark: yaml_mark_t) -> SourceLocation {
    switch origin {
    case .file(let name):
      SourceLocation(
        file: name, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    case .option(let place): place
    }
  }

  private func syntaxError() -> PipelineError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    let mark = parser.pointee.problem_mark
    if problem.hasPrefix("Maximum nesting level") {
      return PipelineError(.tooDeep(limit: YAMLReader.maxDepth), at: place(mark))
    }
    let line = lineOfInput(Int(clamping: mark.line))
    return PipelineError(.syntax(problem, hint: hint(problem, line: line)), at: place(mark))
  }

  /// What helps against problems whose words leave no doubt.
  private static let hints = [
    ("expected node content", "a value is missing; remove a comma, or put the value in quotes"),
    ("violates indentation", "indent with spaces, not tabs"),
    ("unknown escape", "write a backslash twice, or use single quotes"),
    ("hexadecimal number", "write all digits of the escape, as in \\x1b or \\u00e9"),
    ("character escape code", "write the character itself, or all digits of its code"),
    ("tag handle", "put a value that begins with ! in quotes"),
    ("YAML directive", "remove the line that begins with %"),
    ("version number", "remove the line that begins with %"),
    ("incompatible YAML document", "remove the line that begins with %"),
    ("expected <document start>", "keep one pipeline in a file, and nothing behind it"),
    ("comment or line break", "put the text in quotes, or begin it in the line below | or >"),
    ("indentation indicator", "write | or > alone, and the text in the lines below"),
  ]

  /// What most often helps against a problem that libyaml found in `line`.
  private func hint(_ problem: String, line: String) -> String {
    let context = parser.pointee.context.map { String(cString: $0) } ?? ""
    let start = place(parser.pointee.context_mark)
    let there = start.isInFile ? " opened in line \(start.line), column \(start.column)" : ""
    if context.contains("flow"), line.contains("${") {
      return "put \"${…}\" in double quotes inside { } and [ ]"
    }
    for (part, advice) in Self.hints where problem.contains(part) { return advice }
    if problem.contains("cannot start any token") {
      return line.contains("\t")
        ? "indent with spaces, not tabs" : "put a value that begins with @, ` or % in quotes"
    }
    if problem.contains("mapping values are not allowed") {
      return "put a value that contains ': ' in quotes; look for a missing colon in the line before"
    }
    if context.contains("quoted scalar"), problem.contains("end of stream") {
      return "close the quotes\(there)"
    }
    if context.contains("flow") { return "close the bracket\(there), and put commas between items" }
    if context.contains("alias") || context.contains("anchor") {
      return "put a value that begins with * or & in quotes"
    }
    if problem.contains("expected ':'") {
      return "write 'name: value', with a space after the colon"
    }
    return "check the indentation, quotes and brackets here and in the line before"
  }

  private func lineOfInput(_ number: Int) -> String {
    let lines = input.split(
      separator: UInt8(ascii: "\n"), maxSplits: number + 1, omittingEmptySubsequences: false)
    return number < lines.count ? String(decoding: lines[number], as: UTF8.self) : ""
  }
}
