import ArgumentParser
import Documents
import Engine
import Store

/// `repro export`: a run in one file.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run with all that it needs to one file, which 'repro import' takes.",
    discussion:
      "A tar archive: the snapshot, the files that the run read, the digests of all results. The same run makes the same bytes. Archives read its RO-Crate metadata."
  )

  @Argument(help: "The hash of a run, or the beginning of it.")
  var run: String

  @Argument(help: "The file to write, such as run.tar.", completion: .file(extensions: ["tar"]))
  var file: String

  @Flag(help: "Take the outputs of all stages along, not only what came from outside.")
  var outputs = false

  @Flag(help: "Take the program that made the run along, for 'rerun --engine recorded'.")
  var engine = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let exporter = try store.engine()
    let run = try exporter.store.run(matching: run)
    let (path, withOutputs, withEngine) = (Machine.absolute(file), outputs, engine)
    let bundle = try await interruptible {
      try exporter.export(
        run, to: path, withOutputs: withOutputs, withEngine: withEngine)
    }
    let objects = bundle.manifest.objects
    let document: Value = [
      "run": .string(run.hash.description), "name": .string(run.name), "file": .string(file),
      "size": .int(Int64(bundle.sizeInBytes)), "sha256": .string(bundle.sha256.description),
      "objects": .int(Int64(objects.count)), "outputs": .bool(outputs),
    ]
    format.print(document) {
      """
      export: run \(Display.short(run.hash)) of '\(run.name)' to \(file)
      holds   \(Display.count(objects.count)) objects, \(outputs ? "all outputs" : "no computed outputs: 'rerun' makes them (--outputs takes them along)")
      size    \(Display.bytes(bundle.sizeInBytes))
      sha256  \(bundle.sha256)
      """
    }
  }
}
