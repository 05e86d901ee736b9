import Documents
import Engine
import Foundation
import Pipelines
import Testing

/// What a resolved pipeline prints resolves to it again.
@Suite struct PipelineYAMLTests {
  private let kinds = KindRegistry([Constant.self, Length.self]).signatures

  private func resolve(_ text: String) throws -> ResolvedPipeline {
    try Pipelines.resolve(pipeline: Array(text.utf8), file: "p.yaml", kinds: kinds)
  }

  @Test func `params of any shape come back`() throws {
    var random = SplitMix64(seed: 8)
    for _ in 0..<300 {
      let value = Value.random(depth: 3, using: &random)
      let given =
        "params: { x: \(value.json()) }\nstages: { a: { run: \"true\", outputs: { o: o } } }\n"
      // JSON has no infinities, and the language refuses some texts.
      guard let pipeline = try? resolve(given) else { continue }
      let text = pipeline.yaml(comment: ["a comment"])
      #expect(try resolve(text).value == pipeline.value, "\(text)")
    }
  }

  @Test func `a stage of each sort comes back`() throws {
    let pipeline = try resolve(
      """
      name: "all: sorts"
      seed: 9223372036854775807
      params: { text: "a ${params.word} and $${params.word}", word: "no", n: 1e-7 }
      stages:
        first:
          run: [sh, -c, "echo '${params.text}' $$ $${x} ${inputs.data} > ${outputs.o}"]
          inputs: { data: { from: "file:some data/é.txt", at: "there/it is" } }
          outputs: { o: "out put/o" }
          config: { a: "$${params.word}", b: [1, [2, { c: 3.0 }]], d: { } }
          env: { A_B: "${params.word}", C: "#: - x" }
          checkpoints: kept/
          seed: null
          timeout: 1h
          resources: { memory: 1GiB, threads: 2 }
          retries: 1
          sandbox: off
          reproducible: { numeric: { rtol: 1e-6 } }
        second:
          run: "cat ${inputs.i} > o\\n"
          inputs: { i: first.o }
          outputs: { o: o }
      """)
    let again = try resolve(pipeline.yaml())
    #expect(again.value == pipeline.value, "\(pipeline.yaml())")
    #expect(again.stages.map(\.limits) == pipeline.stages.map(\.limits))
    #expect(again.stages.map(\.keyedConfig) == pipeline.stages.map(\.keyedConfig))
  }
}
