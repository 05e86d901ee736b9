import ArgumentParser
import Documents
import Engine
import Store

/// `repro verdicts`: the verdicts of several machines, side by side.
struct VerdictsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdicts",
    abstract: "Verify signed verdicts about one run and put them side by side.",
    discussion:
      "Exit codes: 0 all signatures are good and all machines agree, 1 one of them is not or does not."
  )

  @Argument(help: "Files that 'repro challenge' wrote.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Accept these signers only: a file as in 'man ssh-keygen', ALLOWED SIGNERS.",
      valueName: "file"))
  var allowedSigners: String?

  @OptionGroup var format: FormatOptions

  func run() async throws {
    var good: [SignedVerdict] = []
    var isFine = true
    for file in files {
      do {
        let it = try await SignedVerdict(
          at: Machine.absolute(file), allowedSigners: allowedSigners.map(Machine.absolute))
        if let first = good.first, it.verdict.run != first.verdict.run {
          throw VerdictError.otherRun(file, run: it.verdict.run.description)
        }
        if let stage = good.lazy.compactMap({ it.verdict.contradiction(to: $0.verdict) }).first {
          throw VerdictError.otherOutputs(file, stage: stage)
        }
        // One that is given twice counts once.
        if !good.contains(where: { $0.isSame(as: it) }) { good.append(it) }
      } catch let error as VerdictError where error.doesNotCount {
        Console.complain(about: error)
        isFine = false
      }
    }
    let all = good
    format.print(.list(all.map(document))) { text(all) }
    if !isFine || all.contains(where: { !$0.verdict.isReproduced }) {
      throw ExitStatus.Exit(status: .failed)
    }
  }

  private func text(_ all: [SignedVerdict]) -> String {
    guard let first = all.first else { return "no verdict that counts" }
    var table = Table(["machine", "platform", "vectors", "threads", "engine", "verdict", "signer"])
    for it in all {
      let machine = it.verdict.machine
      table.rows.append([
        machine.host, machine.platform, machine.vectors, "\(machine.threads)",
        "\(it.verdict.engine) (\(it.verdict.engineDigest.prefix(12)))", it.verdict.text,
        it.signer ?? it.fingerprint,
      ])
    }
    let same = all.count { $0.verdict.isSame }
    let declared = all.count { $0.verdict.isReproduced } - same
    return
      "run \(first.verdict.run) of '\(first.verdict.name)'\n\n\(table.text)\n\nbit-identical on \(same) of \(all.count)"
      + (declared > 0 ? ", as declared on \(declared)" : "")
  }

  private func document(_ it: SignedVerdict) -> Value {
    let machine = it.verdict.machine
    return [
      "run": .string(it.verdict.run.description),
      "bundle": .string(it.verdict.bundle.description), "same": .bool(it.verdict.isSame),
      "reproduced": .bool(it.verdict.isReproduced),
      "host": .string(machine.host), "platform": .string(machine.platform),
      "vectors": .string(machine.vectors), "threads": .int(Int64(machine.threads)),
      "engine": .string(it.verdict.engine), "engine-digest": .string(it.verdict.engineDigest),
      "fingerprint": .string(it.fingerprint), "signer": it.signer.map(Value.string) ?? .null,
    ]
  }
}

extension VerdictError {
  /// Whether it is a verdict, but none that counts.
  fileprivate var doesNotCount: Bool {
    switch self {
    case .badSignature, .unknownSigner, .otherRun, .otherOutputs: true
    case .missingProgram, .unusableKey, .noVerdict: false
    }
  }
}
