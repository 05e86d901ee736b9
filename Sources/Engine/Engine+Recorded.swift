import Documents
import Glibc
import Pipelines
public import Store

extension Run {
  /// The newest execution here of which the program was kept; else, if that is `trusted`, the one that came in
  /// a bundle.
  public func recordedBy(trustingBundles trusted: Bool = false) -> Execution? {
    let kept = executions.filter { !$0.isRerun && $0.executable != nil }
    return kept.first { $0.bundle == nil } ?? (trusted ? kept.first : nil)
  }
}

/// Re-execution by the program that a run was recorded by.
extension Engine {
  /// This engine, but that stages of a kind are computed by the program that the run's newest execution names
  /// and the store has kept. It is laid out in the `folder`.
  ///
  /// A program that came in a bundle is started only if that is `trusted`: it may be anything.
  /// - Throws: ``EngineError/noRecordedEngine(_:)``, ``EngineError/untrustedEngine``,
  ///   ``EngineError/otherPlatform``, `StoreError`.
  public func recordedBy(
    _ run: Run, trustingBundles trusted: Bool, in folder: String
  ) throws -> Engine {
    guard let content = run.recordedBy(trustingBundles: trusted)?.executable else {
      throw run.recordedBy(trustingBundles: true) == nil
        ? EngineError.noRecordedEngine(run.hash.description) : EngineError.untrustedEngine
    }
    let path = "\(folder)/engine"
    try store.deliver(content, to: path)
    guard chmod(path, 0o500) == 0 else {
      throw EngineError.system("chmod", path: path, errno: errno)
    }
    guard let platform = Self.platform(of: path), platform == Self.platform(of: host.program) else {
      throw EngineError.otherPlatform
    }
    var engine = self
    engine.host = StageHost(program: path, arguments: host.arguments)
    engine.trustsRecord = true
    return engine
  }

  /// Word size, byte order and machine of an ELF file (System V ABI, "ELF Header"): bytes 4, 5, 18 and 19.
  private static func platform(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: 20)
    guard read(file, &header, header.count) == header.count,
      header.starts(with: [0x7F, 0x45, 0x4C, 0x46])
    else { return nil }
    return [header[4], header[5], header[18], header[19]]
  }

  /// The kind as the record has it, where another program computes it.
  func recordedWork(_ stage: Snapshot.Stage) throws -> Work? {
    guard trustsRecord, stage.preimage.kind != CommandFields.kind else { return nil }
    let outputs = try store.record(for: stage.preimage.key)?.outputs ?? [:]
    let known = kinds.kind(named: stage.preimage.kind ?? "")
    return .recorded(
      RecordedKind(
        stage.preimage, contents: outputs, bringsInBytes: known?.bringsInBytes ?? false))
  }
}
