// The operations on vectors that C has no words for, in the instructions of x86-64.

#if CK_WIDTH == 8
INLINE v splat(float x) { return (v)_mm256_set1_ps(x); }
INLINE v fma_v(v a, v b, v c) { return (v)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
#elif defined(CK_HALVES)
// Sixteen lanes on a machine with eight, to test the logic of the one on the other.
typedef union halves {
  v whole;
  __m256 half[2];
} halves;
INLINE v splat(float x) { return (halves){.half = {_mm256_set1_ps(x), _mm256_set1_ps(x)}}.whole; }
INLINE v fma_v(v a, v b, v c) {
  halves x = {.whole = a}, y = {.whole = b}, z = {.whole = c};
  z.half[0] = _mm256_fmadd_ps(x.half[0], y.half[0], z.half[0]);
  z.half[1] = _mm256_fmadd_ps(x.half[1], y.half[1], z.half[1]);
  return z.whole;
}
#else
INLINE v splat(float x) { return (v)_mm512_set1_ps(x); }
INLINE v fma_v(v a, v b, v c) { return (v)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
#endif

INLINE v8 splat_8(float x) { return (v8)_mm256_set1_ps(x); }
INLINE v8 fma_8(v8 a, v8 b, v8 c) { return (v8)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }

// to[i · to_row + j] = from[j · from_row + i]: eight rows of eight numbers turned
INLINE void transpose_8(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row) {
  __m256 a[8], b[8];
  for (int i = 0; i < 8; i++) a[i] = _mm256_loadu_ps(from + i * from_row);
  for (int i = 0; i < 8; i += 2) {
    b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
    b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      a[i + 2 * j] = _mm256_shuffle_ps(b[i + j], b[i + j + 2], 0x44);
      a[i + 2 * j + 1] = _mm256_shuffle_ps(b[i + j], b[i + j + 2], 0xee);
    }
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(to + i * to_row, _mm256_permute2f128_ps(a[i], a[i + 4], 0x20));
    _mm256_storeu_ps(to + (i + 4) * to_row, _mm256_permute2f128_ps(a[i], a[i + 4], 0x31));
  }
}
