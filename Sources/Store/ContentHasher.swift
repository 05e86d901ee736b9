import CCrypto
import CXXHash

/// Computes both digests of bytes that come piece by piece.
struct ContentHasher: ~Copyable {
  private var digest = DigestHasher()
  private var sha256 = SHA256Hasher()

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    digest.update(bytes)
    sha256.update(bytes)
  }

  consuming func finish() -> Content {
    Content(digest: digest.finish(), sha256: sha256.finish(), size: digest.size, kind: .file)
  }
}

/// Computes the XXH3-128 of bytes that come piece by piece.
struct DigestHasher: ~Copyable {
  private let state: OpaquePointer
  private(set) var size = 0

  init() {
    guard let state = cxx_state_create() else { fatalError("DigestHasher: memory is out") }
    self.state = state
  }

  deinit { cxx_state_free(state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    cxx_state_update(state, bytes.baseAddress, bytes.count)
    size += bytes.count
  }

  func finish() -> Digest { Digest(cxx_state_digest128(state)) }
}

/// Computes the SHA-256 of bytes that come piece by piece.
struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("SHA256Hasher: libcrypto has no SHA-256, or memory is out")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
      fatalError("SHA256Hasher: EVP_DigestUpdate failed on \(bytes.count) bytes")
    }
  }

  consuming func finish() -> SHA256 {
    var bytes = [UInt8](repeating: 0, count: 32)
    guard EVP_DigestFinal_ex(context, &bytes, nil) == 1 else {
      fatalError("SHA256Hasher: EVP_DigestFinal_ex failed")
    }
    return SHA256(bytes: bytes)
  }
}
