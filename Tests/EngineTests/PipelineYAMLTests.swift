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
    var count = 0
    for _ in 0..<300 {
      let value = Value.random(depth: 3, using: &random)
      let given =
        "stages: { a: { run: \"true\", outputs: { o: o }, config: { x: \(value.json()) } } }\n"
      // JSON has no infinities, and the language refuses some texts.
      guard let pipeline = try? resolve(given) else { continue }
      // Params themselves are not printed: nothing would refer to them.
      let again = try resolve(pipeline.yaml(comment: ["a comment"]))
      #expect(again.stages[0].config == pipeline.stages[0].config, "\(pipeline.yaml())")
      count += 1
    }
    #expect(count > 100)
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
        "null": { run: "true", outputs: { o: o } }
        "0x1": { run: "true", outputs: { o: o } }
        second:
          run: "cat ${inputs.i} > o\\n"
          inputs: { i: first.o }
          outputs: { o: o }
      """)
    let again = try resolve(pipeline.yaml())
    #expect(again.value["stages"] == pipeline.value["stages"], "\(pipeline.yaml())")
    #expect(again.name == pipeline.name && again.seed == pipeline.seed)
    #expect(again.stages.map(\.limits) == pipeline.stages.map(\.limits))
    #expect(again.stages.map(\.keyedConfig) == pipeline.stages.map(\.keyedConfig))
  }
}
