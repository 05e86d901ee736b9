/// Elementwise `+ - * /`, each one IEEE operation an element.
///
/// The shapes are equal, or one operand is a scalar, a row (the other's shape ends in its shape) or a
/// column (1 in the last axis). A repeated operand's gradient is summed over its repetitions: rows
/// ascending, the last axis and everything by rule R1.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    elementwise(
      a, b, name: "+", value: { $0 + $1 }, left: { dy, _, _ in dy }, right: { dy, _, _ in dy })
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    elementwise(
      a, b, name: "-", value: { $0 - $1 }, left: { dy, _, _ in dy }, right: { dy, _, _ in -dy })
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    elementwise(
      a, b, name: "*", value: { $0 * $1 },
      left: { dy, _, b in dy * b }, right: { dy, a, _ in dy * a })
  }

  /// Gradients: `dy / b` and `-(dy · a / b) / b`.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    elementwise(
      a, b, name: "/", value: { $0 / $1 },
      left: { dy, _, b in dy / b }, right: { dy, a, b in -(dy * a / b) / b })
  }

  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(a) + b }
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  @inline(__always)
  private static func elementwise(
    _ a: Tensor, _ b: Tensor, name: String,
    value: (Float, Float) -> Float,
    left: @escaping (Float, Float, Float) -> Float,
    right: @escaping (Float, Float, Float) -> Float
  ) -> Tensor {
    if let form = Broadcast(of: b.shape, over: a.shape) {
      let x = a.buffer
      let y = b.buffer
      let out = Buffer(count: x.count)
      let full = a.shape
      form.fill(out, full: full, count: y.count) { i, j in value(x.pointer[i], y.pointer[j]) }
      return Tensor(shape: full, buffer: out, from: [a, b]) { dy in
        a.receive {
          let share = Buffer(count: x.count)
          form.fill(share, full: full, count: y.count) { i, j in
            left(dy.pointer[i], x.pointer[i], y.pointer[j])
          }
          return share
        }
        b.receive {
          let share = Buffer(count: x.count)
          form.fill(share, full: full, count: y.count) { i, j in
            right(dy.pointer[i], x.pointer[i], y.pointer[j])
          }
          return form.reduced(share, over: full, count: y.count)
        }
      }
    }
    guard let form = Broadcast(of: a.shape, over: b.shape) else {
      fatalError("\(name): the shapes \(a.shape) and \(b.shape) do not go together")
    }
    let x = a.buffer
    let y = b.buffer
    let out = Buffer(count: y.count)
    let full = b.shape
    form.fill(out, full: full, count: x.count) { i, j in value(x.pointer[j], y.pointer[i]) }
    return Tensor(shape: full, buffer: out, from: [a, b]) { dy in
      a.receive {
        let share = Buffer(count: y.count)
        form.fill(share, full: full, count: x.count) { i, j in
          left(dy.pointer[i], x.pointer[j], y.pointer[i])
        }
        return form.reduced(share, over: full, count: x.count)
      }
      b.receive {
        let share = Buffer(count: y.count)
        form.fill(share, full: full, count: x.count) { i, j in
          right(dy.pointer[i], x.pointer[j], y.pointer[i])
        }
        return share
      }
    }
  }
}
