/// Words of a command line that can be pasted into a shell.
package enum ShellWord {
  /// The word as a shell takes it, in quotes where it needs them.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte > 0x7F || (0x30...0x39 ~= byte) || (0x41...0x5A ~= byte) || (0x61...0x7A ~= byte)
        || "=.,/_-+:@%".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty
      ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }

  /// A pipeline file and its overrides, behind `repro run`.
  package static func arguments(_ file: String, overrides: [String]) -> String {
    ([quoted(file)] + overrides.map { "--set \(quoted($0))" }).joined(separator: " ")
  }
}
