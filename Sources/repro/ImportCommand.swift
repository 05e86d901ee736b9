import ArgumentParser
import Documents
import Engine
import Store

/// `repro import`: takes a run over from a file.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take a run over that 'repro export' has written, after checking every byte.",
    discussion:
      "All of it or nothing. What it says the results are is not believed before 'repro rerun' has computed them; 'repro challenge' does so without touching the cache."
  )

  @Argument(help: "The file.", completion: .file(extensions: ["tar"]))
  var file: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let (path, store) = (Machine.absolute(file), store)
    let imported = try await interruptible {
      // A file that is refused makes no cache.
      let bundle = try RunBundle(path)
      let engine = try store.engine(create: true)
      return try engine.take(bundle, occasion: Machine.occasion(engine.store))
    }
    let hash = imported.run.hash
    let document: Value = [
      "run": .string(hash.description), "name": .string(imported.run.name),
      "objects": .int(Int64(imported.objects)), "new": .int(Int64(imported.newObjects)),
    ]
    format.print(document) {
      """
      import: run \(Display.short(hash)) of '\(Console.printable(imported.run.name))', \
      \(Display.count(imported.objects)) objects, \(Display.count(imported.newObjects)) new
        repro rerun \(Display.short(hash))   computes it afresh and compares every bit
      """
    }
  }
}
