import Glibc

/// A view of the file system in which an undeclared file is not there and the network is closed,
/// made by bubblewrap (https://github.com/containers/bubblewrap).
///
/// It guards against accidents. It is no jail for programs that mean harm.
struct Sandbox: Sendable {
  /// Where the command finds its folder, whatever its path outside: programs write paths into what
  /// they make.
  static let folder = "/repro/files"
  static let params = "/repro/params.json"

  /// What every program may see of the system.
  private static let system = [
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/gnu",
    "/sys",
  ]
  private static let devices = ["/dev/dri", "/dev/kfd"]

  /// The path of `bwrap`.
  let program: String

  /// What a command sees besides the system.
  struct View {
    /// The folder it runs in, its folder for temporary files, and the file of its params.
    var files: String
    var temporary: String
    var params: String
    /// Files and folders seen at a path below the command's folder, read-only.
    var inputs: [(path: String, at: String)]
    /// Folders seen as they are.
    var homes: [String]
    /// The folder that it finds again after it was killed.
    var kept: (path: String, at: String)?
  }

  /// The arguments of `bwrap` before the command's own.
  func arguments(_ view: View) -> [String] {
    var arguments = ["--unshare-all", "--die-with-parent", "--new-session"]
    for folder in Self.system where exists(folder) { arguments += ["--ro-bind", folder, folder] }
    arguments += ["--proc", "/proc", "--dev", "/dev", "--bind", view.temporary, "/tmp"]
    for device in Self.devices + graphicsCards() {
      arguments += ["--dev-bind-try", device, device]
    }
    // After /tmp, in which a home may lie.
    for home in view.homes where !isOfSystem(home) { arguments += ["--ro-bind", home, home] }
    arguments += ["--bind", view.files, Self.folder]
    arguments += ["--ro-bind", view.params, Self.params]
    arguments += ["--setenv", Stragglers.variable, Self.params]
    if let kept = view.kept { arguments += ["--bind", kept.path, "\(Self.folder)/\(kept.at)"] }
    for input in view.inputs {
      arguments += ["--ro-bind", input.path, "\(Self.folder)/\(input.at)"]
    }
    return arguments + ["--chdir", Self.folder]
  }

  private func isOfSystem(_ path: String) -> Bool {
    Self.system.contains { path == $0 || path.hasPrefix("\($0)/") }
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private func graphicsCards() -> [String] {
    guard exists("/dev/nvidiactl") else { return [] }
    return ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"]
      + (0..<16).map { "/dev/nvidia\($0)" }
  }

  /// The sandbox of this machine, if it has one that works.
  static func probe(searching path: String) async -> Sandbox? {
    guard let bwrap = Tool.find("bwrap", searching: path) else { return nil }
    let end = try? await ChildProcess(
      program: bwrap.path,
      arguments: ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "/bin/sh", "-c", ":"],
      environment: [:], folder: "/", log: "/dev/null", timeout: 10
    ).run()
    return end == .exited(0) ? Sandbox(program: bwrap.path) : nil
  }
}
