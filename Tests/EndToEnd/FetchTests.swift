import Foundation
import Testing

/// Files that are fetched from a server.
@Suite struct FetchTests {
  static let sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

  private func fetch(_ address: String, in space: borrowing Workspace) async throws
    -> Workspace.Result
  {
    try space.write(
      "p.yaml",
      "stages:\n  get: { uses: fetch, config: { files: { h: { url: \"\(address)\", sha256: \(Self.sha256) } } } }\n"
    )
    return try await space.repro("run", "p.yaml")
  }

  @Test func `the bytes come from where the address leads`() async throws {
    let server = try Server { path in
      path == "/hello.txt"
        ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"
        : "HTTP/1.1 302 Found\r\nLocation: /hello.txt\r\nContent-Length: 0\r\n\r\n"
    }
    let space = try Workspace()
    let run = try await fetch("\(server.address)/moved", in: space)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test(arguments: [
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
    ("HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n", "file"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nhello\n", "fetched from http://"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhallo\n", "has SHA-256"),
  ])
  func `what the server does not give is said`(answer: String, complaint: String) async throws {
    let server = try Server { _ in answer }
    let space = try Workspace()
    let run = try await fetch("\(server.address)/hello.txt", in: space)
    #expect(run.status == 1)
    #expect(run.errors.contains(complaint), "\(run.errors)")
    #expect(run.errors.contains("fix: "), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").allSatisfy { !$0.hasPrefix("curl") })
  }

  @Test func `without curl it says what to install`() async throws {
    let space = try Workspace()
    try space.write(
      "p.yaml",
      "stages:\n  get: { uses: fetch, config: { files: { h: { url: \"http://localhost:1/h\", sha256: \(Self.sha256) } } } }\n"
    )
    let run = try await space.repro(["run", "p.yaml"], environment: ["PATH": "/nowhere"])
    #expect(run.status == 1)
    #expect(run.errors.contains("install curl"), "\(run.errors)")
  }
}

/// A server of this machine that answers each request by its path and then hangs up.
private final class Server: Sendable {
  let address: String
  private let descriptor: Int32

  init(answer: @escaping @Sendable (String) -> String) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isBound)
    self.descriptor = descriptor
    address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    Thread.detachNewThread {
      while case let client = accept(descriptor, nil, nil), client >= 0 {
        var request = [UInt8](repeating: 0, count: 4096)
        let count = recv(client, &request, request.count, 0)
        let words = String(decoding: request.prefix(max(count, 0)), as: UTF8.self).split(
          separator: " ")
        let text = Array(answer(words.count > 1 ? String(words[1]) : "").utf8)
        _ = send(client, text, text.count, Int32(MSG_NOSIGNAL))
        close(client)
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }
}
