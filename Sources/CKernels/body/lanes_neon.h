// The operations on vectors that C has no words for, in the instructions of arm64: four lanes, and
// eight as two times four.

INLINE v splat(float x) { return (v)vdupq_n_f32(x); }
INLINE v fma_v(v a, v b, v c) {
  return (v)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

typedef union halves_of_8 {
  v8 whole;
  float32x4_t half[2];
} halves_of_8;

INLINE v8 splat_8(float x) {
  return (halves_of_8){.half = {vdupq_n_f32(x), vdupq_n_f32(x)}}.whole;
}
INLINE v8 fma_8(v8 a, v8 b, v8 c) {
  halves_of_8 x = {.whole = a}, y = {.whole = b}, z = {.whole = c};
  z.half[0] = vfmaq_f32(z.half[0], x.half[0], y.half[0]);
  z.half[1] = vfmaq_f32(z.half[1], x.half[1], y.half[1]);
  return z.whole;
}

// to[i · to_row + j] = from[j · from_row + i]: four rows of four numbers turned
INLINE void transpose_4(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row) {
  float32x4_t a = vld1q_f32(from), b = vld1q_f32(from + from_row);
  float32x4_t c = vld1q_f32(from + 2 * from_row), d = vld1q_f32(from + 3 * from_row);
  float32x4x2_t ab = vtrnq_f32(a, b), cd = vtrnq_f32(c, d);
  for (int i = 0; i < 2; i++) {
    vst1q_f32(to + i * to_row, vcombine_f32(vget_low_f32(ab.val[i]), vget_low_f32(cd.val[i])));
    vst1q_f32(to + (i + 2) * to_row,
              vcombine_f32(vget_high_f32(ab.val[i]), vget_high_f32(cd.val[i])));
  }
}

// The same of eight rows of eight
INLINE void transpose_8(float *to, ptrdiff_t to_row, const float *from, ptrdiff_t from_row) {
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 8; j += 4)
      transpose_4(to + i * to_row + j, to_row, from + j * from_row + i, from_row);
}
