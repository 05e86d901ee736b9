// One number: its bits, its square root, and fma(a, b, c) = a·b + c rounded once, as the path at
// hand computes it.
#ifndef CK_NUMBER_H
#define CK_NUMBER_H

#include <stdint.h>
#include <string.h>

static inline uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// The machine's square root, which is correctly rounded. The builtin of the C library's function
// would also set errno, and so stay a call.
#if defined(__clang__)
#define sqrt1(x) __builtin_elementwise_sqrt(x)
#elif defined(__x86_64__)
#include <xmmintrin.h>
static inline float sqrt1(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
#elif defined(__aarch64__)
#include <arm_neon.h>
static inline float sqrt1(float x) { return vget_lane_f32(vsqrt_f32(vdup_n_f32(x)), 0); }
#else
#define sqrt1(x) __builtin_sqrtf(x)
#endif

#ifdef CK_EMULATE_FMA
// The product of two binary32 numbers is exact in binary64. Its sum with c is not: two-sum finds
// what was lost, and where anything was, the sum is rounded to odd (towards the lost part unless
// its last bit is set already). An odd binary64 rounds to binary32 as the exact sum would, since
// 53 >= 24 + 2 digits. What is not finite has a lost part of NaN and is left alone.
static inline float fma1(float a, float b, float c) {
  double product = (double)a * (double)b;
  double sum = product + (double)c;
  double part = sum - product;
  double lost = (product - (sum - part)) + ((double)c - part);
  uint64_t bits, lost_bits;
  memcpy(&bits, &sum, sizeof bits);
  memcpy(&lost_bits, &lost, sizeof lost_bits);
  uint64_t inexact = (lost < 0) | (lost > 0);
  uint64_t even = ~bits & 1;
  uint64_t inwards = (bits ^ lost_bits) >> 63;
  bits += (inexact & even) * (1 - 2 * inwards);
  memcpy(&sum, &bits, sizeof sum);
  return (float)sum;
}
#else
// One instruction: the function that this is inlined into is compiled for a machine that has it.
#define fma1(a, b, c) __builtin_fmaf(a, b, c)
#endif

#endif
