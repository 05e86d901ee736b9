import CKernels

/// How the smaller operand of an elementwise operation is repeated over the larger one's shape, seen as
/// `rows × columns`.
enum Broadcast {
  /// Not at all: the shapes are equal.
  case none
  /// One number for all.
  case scalar
  /// The larger shape ends in this one: the same `columns` numbers for every row.
  case row
  /// The same shape but 1 in the last axis: one number for every row.
  case column

  /// How `shape` is repeated to fill `full`, or `nil` if it cannot.
  init?(of shape: [Int], over full: [Int]) {
    if shape == full {
      self = .none
    } else if shape.product == 1, shape.count <= full.count {
      self = .scalar
    } else if shape.count < full.count, Array(full.suffix(shape.count)) == shape {
      self = .row
    } else if shape.count == full.count, shape.dropLast() == full.dropLast(), shape.last == 1 {
      self = .column
    } else {
      return nil
    }
  }

  /// The columns of `full` seen by an operand of this form and `count` elements.
  func columns(of full: [Int], count: Int) -> Int {
    switch self {
    case .none, .scalar: full.product
    case .row: count
    case .column: full.last ?? 1
    }
  }

  /// The sums of `gradient` over the repeated places: rows ascending, the last axis by rule R1.
  func reduced(_ gradient: Buffer, over full: [Int], count: Int) -> Buffer {
    if case .none = self { return gradient }
    let columns = columns(of: full, count: count)
    let rows = columns == 0 ? 0 : gradient.count / columns
    switch self {
    case .none: return gradient
    case .scalar:
      let sum = Buffer(count: 1)
      sum.pointer[0] = ck_sum(gradient.pointer, gradient.count)
      return sum
    case .row:
      let sums = Buffer(repeating: 0, count: count)
      for row in 0..<rows {
        let source = gradient.pointer + row * columns
        for column in 0..<columns { sums.pointer[column] += source[column] }
      }
      return sums
    case .column:
      let sums = Buffer(repeating: 0, count: count)
      for row in 0..<rows {
        sums.pointer[row] = ck_sum(gradient.pointer + row * columns, columns)
      }
      return sums
    }
  }
}

extension Broadcast {
  /// `out[i] = body(i, place of the repeated operand that belongs to i)` over `full`.
  @inline(__always)
  func fill(_ out: Buffer, full: [Int], count: Int, _ body: (Int, Int) -> Float) {
    let pointer = out.pointer
    switch self {
    case .none:
      for i in 0..<out.count { pointer[i] = body(i, i) }
    case .scalar:
      for i in 0..<out.count { pointer[i] = body(i, 0) }
    case .row, .column:
      let columns = columns(of: full, count: count)
      guard columns > 0 else { return }
      var i = 0
      for row in 0..<(out.count / columns) {
        for column in 0..<columns {
          if case .row = self {
            pointer[i] = body(i, column)
          } else {
            pointer[i] = body(i, row)
          }
          i += 1
        }
      }
    }
  }
}
