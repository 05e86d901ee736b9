import Tensors

/// How stages compute on this machine, for whoever reports on it.
public enum VectorPath {
  /// The name of the vector path: what is asked for, or else the fastest that the machine has.
  public static func name(asked: String?) -> String { asked ?? Kernels.path.rawValue }
}
