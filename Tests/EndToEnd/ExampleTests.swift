import Foundation
import Testing

/// What TENSORS.md says that its programs print.
@Suite struct ExampleTests {
  /// MNIST's official files, where this checkout lies beside them.
  private static let mnist = "\(Workspace.package)/../shared/data/mnist"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: mnist)))
  func `LeNet trained in forty lines is right as often as the page says`() async throws {
    let workspace = try Workspace()
    let result = try await workspace.execute("lenet-mnist", [Self.mnist])
    #expect(
      result.output == "epoch 1: 9740 of 10000\nepoch 2: 9845 of 10000\nepoch 3: 9864 of 10000\n",
      "\(result.errors)")
    let page = try String(contentsOfFile: "\(Workspace.package)/TENSORS.md", encoding: .utf8)
    #expect(page.contains("9740, 9845 and 9864 of 10000"))
  }

  @Test func `the two wrong points should have weighed less`() async throws {
    let workspace = try Workspace()
    let result = try await workspace.execute("learned-weights", [])
    let less = result.output.split(separator: "\n").filter { $0.contains("less weight") }
    #expect(less.map { $0.prefix(8) } == ["point 2:", "point 6:"], "\(result.output)")
  }
}
