import Documents
import Engine
import Reports
import Store
import Testing

@Suite struct PageTests {
  private static let pages: [String: @Sendable () -> String] = [
    "run": { RunPage(SampleReports.run(1)).html },
    "hostile": { RunPage(hostile).html },
    "study": { StudyPage(SampleReports.study(epochs: 5)).html },
    "hostile study": {
      StudyPage(
        StudyReport(
          name: nasty, axes: [nasty],
          points: [
            .init(values: [nasty: .string(nasty)], report: hostile),
            .init(values: [nasty: .float(.nan)], report: nil, failure: nasty),
            .init(values: [:], report: nil),
          ])
      ).html
    },
    "empty": {
      RunPage(RunReport(name: "", hash: nil, executions: [], origin: nil, stages: [])).html
    },
    "no points": { StudyPage(StudyReport(name: "", axes: [], points: [])).html },
  ]

  private static let nasty =
    "</title><script>alert(\"1\")</script><img src=x onerror='y'>&amp;\u{0}\u{202E}"

  /// Every text that comes from outside is an attack, every number is none.
  private static var hostile: RunReport {
    let metrics = Metrics(
      epochs: [1, 2, 3],
      columns: [
        .init(name: nasty, values: [.nan, nil, .infinity]),
        .init(name: "train/loss", values: [nil, 1, nil]),
      ])
    let stage = StageReport(
      name: nasty, kind: nasty, record: SampleReports.record(nasty, [(nasty, .nan)]),
      config: [nasty: .string(nasty)], seed: .max,
      inputs: [.init(name: nasty, source: nasty, stage: nasty, digest: nasty)],
      outputs: [.init(name: nasty, content: Content(hashing: []), sizeInBytes: .max)],
      metrics: metrics,
      matrices: [
        .init(name: nasty, matrix: Matrix(size: 2, values: [.nan, .infinity, -1, 0])),
        .init(
          name: "all zero", matrix: Matrix(size: 2, values: [0, 0, 0, 0]),
          truth: Matrix(size: 2, values: [0, 0, 0, 0])),
      ], gaps: [nasty])
    let execution = Execution(
      startedAt: .nan, seconds: -.infinity, host: nasty, engine: nasty, engineDigest: nasty,
      executed: -1, reused: .max)
    return RunReport(
      name: nasty, hash: nil, executions: [execution], origin: nil, stages: [stage])
  }

  @Test(arguments: pages.keys.sorted())
  func `every element ends where it should, ids are unique, links lead somewhere`(
    name: String
  ) throws {
    let page = try #require(Self.pages[name])
    let html = page()
    try #require(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    let tags = try Tags(html)
    #expect(tags.problems == [])
    #expect(Set(tags.ids).count == tags.ids.count)
    for link in tags.links { #expect(tags.ids.contains(String(link.dropFirst())), "\(link)") }
    #expect(tags.names["h1"] == 1)
  }

  @Test(arguments: pages.keys.sorted())
  func `a page asks for nothing and runs nothing`(name: String) throws {
    let page = try #require(Self.pages[name])
    let html = page()
    for word in ["<script", "<link", "<iframe", "<img", "url(", "@import", "http://", "https://"] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.contains("content=\"default-src &#39;none&#39;;"))
    let tags = try Tags(html)
    #expect(tags.links.allSatisfy { $0.hasPrefix("#") })
    #expect(tags.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "src" })
  }

  @Test(arguments: pages.keys.sorted())
  func `the same records give the same bytes`(name: String) throws {
    let page = try #require(Self.pages[name])
    #expect(page() == page())
  }

  @Test func `a study of 24 points stays below a megabyte, also of 100 classes`() {
    let html = StudyPage(SampleReports.study(epochs: 200)).html
    #expect(html.utf8.count < 1_000_000)
    #expect(html.contains("train-1 × 24"))
    #expect(html.contains("Numbers at the last epoch"))
    // All but one were found in the store by every point.
    #expect(html.contains("pretrain · from cache") && html.contains("pretrain · 48 s"))
    #expect(StudyPage(SampleReports.study(epochs: 20, classes: 100)).html.utf8.count < 1_500_000)
  }

  @Test func `points that failed are seen, with the reason`() {
    let study = StudyReport(
      name: "rates", axes: ["rate"],
      points: [
        .init(values: ["rate": 0.1], report: SampleReports.run(1)),
        .init(values: ["rate": 10.0], report: nil, failure: "epoch 2: the loss is NaN"),
        .init(values: ["rate": 1.0], report: nil),
      ])
    let html = StudyPage(study).html
    #expect(html.contains("3 points · 1 finished · 1 unfinished · 1 not run"))
    #expect(html.contains("epoch 2: the loss is NaN"))
    #expect(html.contains(">not run<"))
  }

  @Test func `numbers stand in small matrices, large ones are pictures`() {
    let small = HeatMap(
      title: "T", matrix: SampleReports.matrix(10, 1), scale: .sequential(most: 1)
    ).markup.html
    let large = HeatMap(
      title: "T", matrix: SampleReports.matrix(100, 1), scale: .sequential(most: 1)
    ).markup.html
    #expect(small.components(of: "class=\"cell\"") == 100)
    #expect(large.components(of: "class=\"cell\"") == 0)
    #expect(large.contains("data:image/png;base64,") && large.utf8.count < 20_000)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

/// The elements of a page, read strictly: what begins must end, in order.
private struct Tags {
  var names: [String: Int] = [:]
  var ids: [String] = []
  var links: [String] = []
  var attributes: [String] = []
  var problems: [String] = []

  init(_ html: String) throws {
    var open: [String] = []
    // The style sheet is the only text that is not escaped.
    let text = html.replacing(/<style>[^<]*<\/style>/, with: "<style></style>")
    for match in text.dropFirst(15).matches(
      of: /<(\/?)([a-zA-Z0-9]+)((?: [a-zA-Z0-9:-]+="[^"<>]*")*)(\/?)>/)
    {
      let (isEnd, name, attributes) = (!match.1.isEmpty, String(match.2), match.3)
      if isEnd {
        if open.popLast() != name { problems.append("</\(name)>") }
        continue
      }
      names[name, default: 0] += 1
      if match.4.isEmpty && !["meta", "br"].contains(name) { open.append(name) }
      for attribute in attributes.matches(of: /([a-zA-Z0-9:-]+)="([^"]*)"/) {
        self.attributes.append(String(attribute.1))
        if attribute.1 == "id" { ids.append(String(attribute.2)) }
        if attribute.1 == "href", name == "a" { links.append(String(attribute.2)) }
      }
    }
    let rest = text.dropFirst(15).replacing(
      /<(\/?)([a-zA-Z0-9]+)((?: [a-zA-Z0-9:-]+="[^"<>]*")*)(\/?)>/, with: "")
    if rest.contains("<") || rest.contains(">") { problems.append("a bracket that is no tag's") }
    problems += open
  }
}
