import Glibc
import Store

/// Asks git about the folder of a pipeline file.
struct RepositoryProbe: Sendable {
  let folder: String
  /// A scratch folder for git's answers.
  let scratch: String
  let searchPath: String

  /// A larger patch is data, not code.
  private static let longestPatch = 64 << 20
  private static let seconds = 30.0

  /// The commit and the patch of what is not committed, which is stored; `nil` where there is no repository,
  /// no commit yet or no git, and where git takes too long.
  func repository(in store: Store) async -> Origin.Repository? {
    guard let git = Tool.find("git", searching: searchPath),
      let commit = await answer(git, ["rev-parse", "--verify", "HEAD"]).flatMap({ text(of: $0) })
    else { return nil }
    let path = "\(scratch)/.patch"
    let diff = await answer(
      git, ["diff", "--binary", "--no-ext-diff", "--no-textconv", "--output=\(path)", "HEAD"])
    let patch = diff.flatMap { _ in
      (1...Self.longestPatch).contains(Folder.size(of: path)) ? try? store.put(fileAt: path) : nil
    }
    return Origin.Repository(commit: commit, patch: patch)
  }

  private func text(of path: String) -> String? {
    let lines = Folder.bytes(of: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    // Among what else git may have to say.
    return lines.split(separator: "\n").map(String.init).last { line in
      [40, 64].contains(line.utf8.count) && line.utf8.allSatisfy("0123456789abcdef".utf8.contains)
    }
  }

  /// The path of a file with what git says; `nil` if it fails.
  private func answer(_ git: Tool, _ arguments: [String]) async -> String? {
    let path = "\(scratch)/.git-\(arguments[0])"
    let end = try? await ChildProcess(
      program: git.paths[0], arguments: ["--no-optional-locks", "-C", folder] + arguments,
      environment: nil, folder: scratch, log: path, timeout: Self.seconds
    ).run()
    return end == .exited(0) ? path : nil
  }
}
