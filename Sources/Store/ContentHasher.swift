import CCrypto
import CXXHash

/// Computes both digests of bytes that come piece by piece.
struct ContentHasher: ~Copyable {
  private let xxh3: OpaquePointer
  private let sha256: OpaquePointer
  private(set) var size = 0

  init() {
    guard let xxh3 = cxx_state_create(), let sha256 = EVP_MD_CTX_new(),
      EVP_DigestInit_ex(sha256, EVP_sha256(), nil) == 1
    else { fatalError("ContentHasher: libcrypto has no SHA-256, or memory is out") }
    self.xxh3 = xxh3
    self.sha256 = sha256
  }

  deinit {
    cxx_state_free(xxh3)
    EVP_MD_CTX_free(sha256)
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    cxx_state_update(xxh3, bytes.baseAddress, bytes.count)
    guard EVP_DigestUpdate(sha256, bytes.baseAddress, bytes.count) == 1 else {
      fatalError("ContentHasher: EVP_DigestUpdate failed on \(bytes.count) bytes")
    }
    size += bytes.count
  }

  consuming func finish() -> Content {
    var bytes = [UInt8](repeating: 0, count: 32)
    guard EVP_DigestFinal_ex(sha256, &bytes, nil) == 1 else {
      fatalError("ContentHasher: EVP_DigestFinal_ex failed")
    }
    return Content(
      digest: Digest(cxx_state_digest128(xxh3)), sha256: SHA256(bytes: bytes), size: size,
      kind: .file)
  }
}
