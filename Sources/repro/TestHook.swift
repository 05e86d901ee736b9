import Glibc

/// Stops or ends this process at a named point of the store's work, for tests that force a race or a
/// crash instead of hoping for one. Without the variables there is no hook.
///
/// `REPRO_TEST_PAUSE=POINT:FIFO` waits at the point until something is read from the pipe;
/// `REPRO_TEST_CRASH=POINT` dies there.
enum TestHook {
  static var hook: (@Sendable (String) -> Void)? {
    let pause = Machine.environment("REPRO_TEST_PAUSE")
    let crash = Machine.environment("REPRO_TEST_CRASH")
    guard pause != nil || crash != nil else { return nil }
    return { point in
      if point == crash { kill(getpid(), SIGKILL) }
      if let pause, pause.hasPrefix("\(point):") { wait(String(pause.dropFirst(point.count + 1))) }
    }
  }

  private static func wait(_ path: String) {
    let pipe = open(path, O_RDONLY | O_CLOEXEC)
    guard pipe >= 0 else { return }
    var byte: UInt8 = 0
    _ = read(pipe, &byte, 1)
    close(pipe)
  }
}
