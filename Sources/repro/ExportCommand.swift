import ArgumentParser
import Documents
import Engine
import FoundationEssentials
import Reports
import Store

/// `repro export`: a run in one file.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write a run with all that it needs to one file, which 'repro import' takes; or its curves for TensorBoard.",
    discussion:
      "A tar archive: the snapshot, the files that the run read, the digests of all results. The same run makes the same bytes. Archives read its RO-Crate metadata."
  )

  @Argument(help: "The hash of a run, or the beginning of it.")
  var run: String

  @Argument(
    help: "The file to write, such as run.tar; with --tensorboard a folder.",
    completion: .file(extensions: ["tar"]))
  var file: String

  @Flag(help: "Take the outputs of all stages along, not only what came from outside.")
  var outputs = false

  @Flag(help: "Take the program that made the run along, for 'rerun --engine recorded'.")
  var engine = false

  @Flag(help: "Write the curves as TensorBoard's event files instead, a folder for each stage.")
  var tensorboard = false

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func validate() throws {
    if tensorboard, outputs || engine {
      throw ValidationError("--tensorboard writes curves alone, without --outputs and --engine")
    }
  }

  func run() async throws {
    if tensorboard { return try exportCurves() }
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

  private func exportCurves() throws {
    let store = try store.open()
    let run = try store.run(matching: run)
    let curves = TensorBoardFiles(try ReportReader(store, metricsOnly: true).report(of: run))
    for curve in curves.files {
      let place = "\(Machine.absolute(file))/\(curve.path)"
      let folder = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(curve.bytes).write(to: URL(filePath: place), options: .atomic)
    }
    let document: Value = [
      "run": .string(run.hash.description), "folder": .string(file),
      "files": .list(
        curves.files.map { ["file": .string($0.path), "scalars": .int(Int64($0.scalars))] }),
    ]
    format.print(document) {
      guard !curves.files.isEmpty else {
        return "run \(Display.short(run.hash)) has no stage with metrics over epochs"
      }
      let lines = curves.files.map { "\(file)/\($0.path)  \(Display.count($0.scalars)) scalars" }
      return (lines + ["look at them with: tensorboard --logdir \(file)"]).joined(separator: "\n")
    }
  }
}
