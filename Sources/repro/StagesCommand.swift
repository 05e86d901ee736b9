import ArgumentParser
import Documents
import Engine
import Pipelines
import Reports
import Stages

/// `repro stages`: the kinds a pipeline may use.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "List the stage kinds, or describe one: inputs, config, outputs.")

  @Argument(help: "The kind to describe.")
  var kind: String?

  @OptionGroup var format: FormatOptions

  func run() throws {
    let kinds = KindRegistry.builtIn.signatures
    guard let kind else {
      return format.print(.list(kinds.map(document))) {
        var table = Table(["kind", "what it does"])
        for kind in kinds { table.rows.append([kind.name, kind.summary]) }
        return table.text + "\n\n'repro stages KIND' describes one"
      }
    }
    guard let found = kinds.first(where: { $0.name == kind }) else {
      let near = closest(to: kind, in: kinds.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError("no stage kind '\(kind)'\(near)")
    }
    format.print(document(found)) { text(found) }
  }

  private func text(_ kind: KindSignature) -> String {
    var lines = [
      "\(kind.name): \(kind.summary)",
      kind.usesSeed ? "draws random numbers from the seed" : "draws no random numbers",
    ]
    var inputs = Table(["input", "", "what it is"])
    for slot in kind.inputs {
      inputs.rows.append([slot.name, slot.required ? "required" : "optional", slot.summary])
    }
    if !inputs.rows.isEmpty { lines += ["", inputs.text] }
    var config = Table(["config", "type", "default", "range", "what it is"])
    for field in kind.fields { add(field, indent: "", to: &config) }
    if !config.rows.isEmpty { lines += ["", config.text] }
    if Self.takesModel(kind) { lines += ["", models] }
    var outputs = Table(["output", "", "what it is"])
    for slot in kind.outputs {
      outputs.rows.append([slot.name, slot.isFolder ? "folder" : "file", slot.summary])
    }
    return (lines + ["", outputs.text]).joined(separator: "\n")
  }

  private static func takesModel(_ kind: KindSignature) -> Bool {
    kind.fields.contains { $0.name == "model" }
  }

  /// What the networks come to for ten classes.
  private var models: String {
    var table = Table(["model", "usual input", "parameters"], rightAligned: [2])
    for model in UsualModel.all {
      table.rows.append([
        model.name, "\(model.inputShape)", NumberText.count(model.parameterCount),
      ])
    }
    return table.text
  }

  private func add(_ field: FieldDescription, indent: String, to table: inout Table) {
    table.rows.append([
      indent + field.name, field.type, field.defaultValue.map { Display.value($0) } ?? "required",
      field.range ?? "", field.about,
    ])
    for child in field.children { add(child, indent: indent + "  ", to: &table) }
  }

  private func document(_ kind: KindSignature) -> Value {
    let models = (Self.takesModel(kind) ? UsualModel.all : []).map { model -> Value in
      [
        "name": .string(model.name), "input": .list(model.inputShape.map { .int(Int64($0)) }),
        "parameters": .int(Int64(model.parameterCount)),
      ]
    }
    return [
      "name": .string(kind.name), "summary": .string(kind.summary),
      "draws-random-numbers": .bool(kind.usesSeed),
      "inputs": .list(
        kind.inputs.map {
          [
            "name": .string($0.name), "required": .bool($0.required),
            "summary": .string($0.summary),
          ]
        }),
      "config": .list(kind.fields.map(document)), "models": .list(models),
      "outputs": .list(
        kind.outputs.map {
          ["name": .string($0.name), "folder": .bool($0.isFolder), "summary": .string($0.summary)]
        }),
    ]
  }

  private func document(_ field: FieldDescription) -> Value {
    [
      "name": .string(field.name), "type": .string(field.type),
      "default": field.defaultValue ?? .null, "range": field.range.map(Value.string) ?? .null,
      "about": .string(field.about), "fields": .list(field.children.map(document)),
    ]
  }
}
