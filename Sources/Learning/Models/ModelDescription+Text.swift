/// A name, and in brackets what there is to say:
///
/// - `lenet`, `cnn9`
/// - `mlp()`, `mlp(64)`, `mlp(256,128)`: the hidden sizes
/// - `resnet18`, `resnet34`, `resnet50`; `resnet18(preact)`, `resnet50(stem=imagenet)`,
///   `resnet18(preact,stem=small)`: pre-activation; `small`, `unpadded` or `imagenet`
/// - `fusion(76,64,hidden=128,sum,dropout=0.5)`: the views' sizes; `sum`, `concat` or `product=3`, with
///   the rank. What is left out is as shown.
///
/// `init(parsing:)` reads what `description` prints.
extension ModelDescription: CustomStringConvertible {
  public var description: String {
    switch self {
    case .lenet: "lenet"
    case .mlp(let hidden): "mlp(\(hidden.map(String.init).joined(separator: ",")))"
    case .cnn9: "cnn9"
    case .resnet(let network): network.text
    case .fusion(let network): network.text
    }
  }

  public init?(parsing text: String) {
    guard var words = Words(text) else { return nil }
    let description: ModelDescription? =
      switch words.name {
      case "lenet": words.hasBrackets ? nil : .lenet
      case "cnn9": words.hasBrackets ? nil : .cnn9
      case "mlp": words.hasBrackets ? .mlp(hidden: words.takeSizes()) : nil
      case "fusion": Fusion(&words).map { .fusion($0) }
      default: ResNet(&words).map { .resnet($0) }
      }
    guard let description, words.isEmpty else { return nil }
    self = description
  }
}

extension ResNet {
  fileprivate var text: String {
    let options =
      (isPreActivation ? ["preact"] : []) + (stem.map { ["stem=\($0.rawValue)"] } ?? [])
    let brackets = options.isEmpty ? "" : "(\(options.joined(separator: ",")))"
    return "resnet\(depth.rawValue)\(brackets)"
  }

  fileprivate init?(_ words: inout Words) {
    guard let depth = Depth.allCases.first(where: { words.name == "resnet\($0.rawValue)" }),
      words.hasBrackets == !words.isEmpty
    else { return nil }
    self.init(depth, isPreActivation: words.take("preact"))
    if let text = words.takeValue(of: "stem") {
      guard let stem = Stem(rawValue: String(text)) else { return nil }
      self.stem = stem
    }
  }
}

extension Fusion {
  fileprivate var text: String {
    let how =
      switch combination {
      case .sum: "sum"
      case .concatenation: "concat"
      case .product(let rank): "product=\(rank)"
      }
    let sizes = views.map(String.init).joined(separator: ",")
    return "fusion(\(sizes),hidden=\(hidden),\(how),dropout=\(dropout))"
  }

  fileprivate init?(_ words: inout Words) {
    self.init(views: words.takeSizes())
    guard (1...64).contains(views.count) else { return nil }
    if let text = words.takeValue(of: "hidden") {
      guard let size = Words.size(text) else { return nil }
      hidden = size
    }
    if let text = words.takeValue(of: "dropout") {
      guard let rate = Double(text), rate >= 0, rate < 1 else { return nil }
      dropout = rate
    }
    if words.take("concat") {
      combination = .concatenation
    } else if let text = words.takeValue(of: "product") {
      guard let rank = Words.size(text) else { return nil }
      combination = .product(rank: rank)
    } else {
      _ = words.take("sum")
    }
  }
}

/// `name` or `name(word,word,…)`, of which words are taken.
private struct Words {
  let name: Substring
  let hasBrackets: Bool
  private var words: [Substring] = []

  init?(_ text: String) {
    guard let open = text.firstIndex(of: "(") else {
      (name, hasBrackets) = (text[...], false)
      return
    }
    guard text.last == ")" else { return nil }
    (name, hasBrackets) = (text[..<open], true)
    let inside = text[text.index(after: open)...].dropLast()
    words = inside.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false)
  }

  var isEmpty: Bool { words.isEmpty }

  /// The sizes with which the words begin.
  mutating func takeSizes() -> [Int] {
    let sizes = words.prefix { Self.size($0) != nil }
    words.removeFirst(sizes.count)
    return sizes.compactMap(Self.size)
  }

  mutating func take(_ word: String) -> Bool {
    guard let index = words.firstIndex(where: { $0 == word }) else { return false }
    words.remove(at: index)
    return true
  }

  /// What follows `name=`.
  mutating func takeValue(of name: String) -> Substring? {
    guard let index = words.firstIndex(where: { $0.hasPrefix("\(name)=") }) else { return nil }
    return words.remove(at: index).dropFirst(name.count + 1)
  }

  static func size(_ text: Substring) -> Int? {
    Int(text).flatMap { 1...(1 << 24) ~= $0 ? $0 : nil }
  }
}
