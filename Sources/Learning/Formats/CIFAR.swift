/// The binary version of CIFAR-10: records of a label and 3 planes of 32×32 bytes, red, green and blue.
///
/// Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; www.cs.toronto.edu/~kriz/cifar.html.
public enum CIFAR {
  public static let classes = 10
  public static let shape = [3, 32, 32]
  private static let pixels = 3 * 32 * 32

  /// Reads the bytes of a batch that messages call `path`: inputs `uint8 [records, 3, 32, 32]` and their labels.
  public static func read(
    _ bytes: [UInt8], path: String
  ) throws(FormatError) -> (inputs: [UInt8], labels: [Int32]) {
    var reader = ByteReader(bytes, path: path)
    var inputs: [UInt8] = []
    inputs.reserveCapacity(bytes.count)
    var labels: [Int32] = []
    while reader.left > 0 {
      let place = reader.offset
      let label = try reader.unsigned(UInt8.self)
      guard label < classes else {
        throw reader.malformed(
          .field("label", "record \(labels.count + 1) has \(label), classes are 0 to 9"), at: place)
      }
      labels.append(Int32(label))
      inputs += try reader.take(pixels)
    }
    return (inputs, labels)
  }
}
