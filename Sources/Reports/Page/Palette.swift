/// A colour of three bytes.
package struct Colour: Hashable, Sendable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// `#1a2b3c`.
  package var text: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// 0 black to 1 white, as Rec. 709 weighs them.
  package var luma: Double {
    (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
  }

  /// What can be read on it.
  package var ink: String { luma > 0.5 ? "#000" : "#fff" }

  fileprivate func mixed(with other: Colour, _ share: Double) -> Colour {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    return Colour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}

/// The colours of a report, apart from those of lines, which follow the reader's light or dark scheme: see
/// ``StyleSheet``.
package enum Palette {
  /// Viridis, every sixteenth part: its lightness rises evenly, also in grey and for the colour-blind.
  /// Source: Smith and van der Walt, matplotlib 1.5, "viridis".
  private static let viridis: [Colour] = [
    Colour(68, 1, 84), Colour(72, 26, 108), Colour(71, 47, 125), Colour(65, 68, 135),
    Colour(57, 86, 140), Colour(49, 104, 142), Colour(42, 120, 142), Colour(35, 136, 142),
    Colour(31, 152, 139), Colour(34, 168, 132), Colour(53, 183, 121), Colour(84, 197, 104),
    Colour(122, 209, 81), Colour(165, 219, 54), Colour(210, 226, 27), Colour(253, 231, 37),
  ]

  /// Below zero blue, above orange, zero light: ColorBrewer's "PuOr", darkening evenly to both sides.
  private static let below = [
    Colour(247, 247, 247), Colour(178, 171, 210), Colour(94, 60, 153),
  ]
  private static let above = [
    Colour(247, 247, 247), Colour(253, 184, 99), Colour(179, 88, 6),
  ]

  /// No number is grey.
  package static let missing = Colour(136, 136, 136)

  /// Of `share` 0 to 1.
  package static func sequential(_ share: Double) -> Colour { along(viridis, share) }

  /// Of `share` -1 to 1.
  package static func diverging(_ share: Double) -> Colour {
    along(share < 0 ? below : above, abs(share))
  }

  private static func along(_ anchors: [Colour], _ share: Double) -> Colour {
    guard share.isFinite else { return missing }
    let place = min(max(share, 0), 1) * Double(anchors.count - 1)
    let first = min(Int(place), anchors.count - 2)
    return anchors[first].mixed(with: anchors[first + 1], place - Double(first))
  }

  /// The line classes `l0` to `l7` of the style sheet: Okabe and Ito's colours, each with a dash of its own.
  package static let lines = 8

  /// The same subject has the same colour in every chart.
  private static let subjects = ["train", "validation", "test", "clean", "noisy", "transition"]

  /// A class for every name: by subject where that is known, else the next that is free.
  package static func classes(for columns: [Metrics.Column]) -> [Int] {
    var taken: Set<Int> = []
    return columns.map { column in
      let wanted = subjects.firstIndex(of: column.subject)
      let place =
        wanted.flatMap { taken.contains($0) ? nil : $0 }
        ?? (0..<lines).reversed().first { !taken.contains($0) } ?? columns.count % lines
      taken.insert(place)
      return place
    }
  }
}
