import Documents

extension StageReader {
  static let limitKeys = ["resources", "timeout", "retries"]

  /// Reads how the stage may be executed.
  mutating func readLimits() -> StageLimits {
    var limits = StageLimits()
    let resources = entry("resources").flatMap {
      readMap($0.node, "'resources' of \(owner)", "a map of 'threads' and 'memory'")
    }
    for entry in resources ?? [] {
      switch entry.key {
      case "threads": limits.threads = readThreads(entry.node, "'resources.threads'")
      case "memory":
        limits.memory = byteCount(in: entry.node.value)
        if limits.memory == nil {
          reportWrong("'resources.memory' of \(owner)", "a size like 500MB or 4GiB", entry.node)
        }
      default:
        report(
          .unknownPart(entry.key, "'resources' of \(owner)", allowed: ["threads", "memory"]),
          at: entry.place)
      }
    }
    if let node = entry("timeout")?.node, !node.isNull {
      limits.timeout = seconds(in: node.value)
      if limits.timeout == nil {
        reportWrong("'timeout' of \(owner)", "a time like 90s, 30m or 1h30m", node)
      }
    }
    if let node = entry("retries")?.node, !node.isNull {
      limits.retries = readCount(node, in: 0...100, "'retries'")
    }
    return limits
  }

  mutating func readThreads(_ node: Node, _ what: String) -> Int {
    readCount(node, in: 1...1024, what)
  }

  private mutating func readCount(
    _ node: Node, in range: ClosedRange<Int64>, _ what: String
  ) -> Int {
    if case .scalar(.int(let number)) = node.content, range.contains(number) { return Int(number) }
    reportWrong(
      "\(what) of \(owner)", "a whole number from \(range.lowerBound) to \(range.upperBound)", node)
    return Int(range.lowerBound)
  }
}
