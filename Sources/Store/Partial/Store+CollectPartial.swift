extension Store {
  /// The states of stages that go.
  ///
  /// One of a stage that was interrupted stays while it is young enough, one of a stage that is done while
  /// the files stay that it goes on from.
  func partialItems(
    _ policy: CollectionPolicy, _ plan: CollectionPlan
  ) throws -> [CollectionReport.Item] {
    let going = Set((plan.objects + plan.freed).map(\.digest))
    return try Folder.names(at: partialPath).compactMap { name in
      let path = "\(partialPath)/\(name)"
      guard
        let reason = try policy.takesPartial
          ? .asked : reason(against: PartialFolder(path: path), policy, going)
      else { return nil }
      return try leftBehind(.partial(path: path), at: path, why: reason)
    }
  }

  private func reason(
    against folder: PartialFolder, _ policy: CollectionPolicy, _ going: Set<Digest>
  ) throws -> CollectionReport.Reason? {
    let note = try folder.note()
    let hasFiles = try !Folder.names(at: folder.files).isEmpty
    if note == nil, !hasFiles { return .leftBehind }
    for (name, content) in note?.files ?? [:] {
      if try FileStatus.at("\(folder.outputs)/\(name)") != nil { continue }
      let isKnown = try index.read { try $0.object(content.digest) } != nil
      if !isKnown || going.contains(content.digest) { return .baseless }
    }
    // Of a stage that is done the result is what counts.
    guard policy.keepSeconds != nil, try FileStatus.at(folder.outputs) != nil || hasFiles else {
      return nil
    }
    return policy.isYoung(try folder.lastWritten()) ? nil : .abandoned
  }
}
