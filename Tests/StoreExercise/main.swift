// Does everything that a store does once, so that FaultTests can have each of its system calls fail.
//
// store-exercise CACHE FOLDER PLACE: takes in FOLDER, records results, delivers to PLACE, collects.
// An error is one line on stderr, and exit status 1.
import Foundation
import Store

func work(_ cache: String, folder: String, place: String) throws {
  let store = try Store(at: cache, create: true)
  let lock = try store.lock(.shared)
  let claim = try store.claim(Digest(hashing: [1]), note: "exercise")
  let file = try store.put(at: "\(folder)/0")
  let tree = try store.put(at: folder)
  let record = try store.record(
    outputs: ["tree": folder, "file": "\(folder)/1"], preimage: Array("preimage".utf8)
  ) { outputs, preimage in
    Record(key: preimage, preimage: preimage, outputs: outputs)
  }
  let stage = try store.makeWorkFolder()
  for entry in try store.tree(of: tree.digest).entries.prefix(2) {
    try store.deliver(entry.content, to: "\(stage.path)/\(entry.name)")
    try append("made", to: "\(stage.path)/\(entry.name)")
  }
  let taken = ["a": "\(stage.path)/0", "b": "\(stage.path)/1"]
  try store.record(outputs: taken, preimage: Array("other".utf8), consuming: true) {
    Record(key: $1, preimage: $1, outputs: $0)
  }
  stage.remove()
  try store.label("pipeline/stage", record.key)
  let run = try store.put(bytes: Array("snapshot".utf8))
  try store.saveRun(hash: run.digest, name: "run", records: ["stage": record.key])
  _ = try store.put(bytes: Array("waste".utf8))
  let work = try store.makeWorkFolder()
  try store.deliver(tree, to: "\(work.path)/in", readOnly: true)
  try store.deliver(file, to: place)
  guard try store.isIntact(tree), try store.record(for: record.key) == record else {
    throw StoreError.missing(tree.digest)
  }
  work.remove()
  claim?.release()
  lock.release()
  try store.sweepWork()
  _ = try store.collect()
}

func append(_ text: String, to path: String) throws {
  let file = open(path, O_WRONLY | O_APPEND)
  guard file >= 0 else { throw StoreError.system("open", path: path, errno: errno) }
  defer { close(file) }
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else {
      throw StoreError.system("write", path: path, errno: count < 0 ? errno : ENOSPC)
    }
    rest = rest.dropFirst(count)
  }
}

do {
  let arguments = CommandLine.arguments
  guard arguments.count == 4 else { exit(2) }
  try work(arguments[1], folder: arguments[2], place: arguments[3])
} catch let error as any LocalizedError {
  FileHandle.standardError.write(Data("error: \(error.errorDescription ?? "\(error)")\n".utf8))
  exit(1)
}
