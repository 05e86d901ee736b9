import Engine
import Tensors

extension StageContext {
  /// Takes the threads and the vector path that the host asks for. Neither changes a bit.
  func prepareKernels() throws {
    Kernels.threads = threads
    guard let name = setting("kernels") else { return }
    guard let path = Kernels.Path(rawValue: name), Kernels.availablePaths.contains(path) else {
      throw StageError.missingKernels(name, available: Kernels.availablePaths.map(\.rawValue))
    }
    Kernels.select(path)
  }
}
