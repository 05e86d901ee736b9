// exp, log, tanh and sigmoid of one number: polynomials with every operation written out, so that
// no library and no vector width can change a bit. Branches are selections: loops over them
// vectorise.

#define CK_ROUND_TO_INTEGER 0x1.8p23f  // adding it leaves the nearest integer in the last bits

static inline float exp1(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  float t = fma1(x, 0x1.715476p+0f, CK_ROUND_TO_INTEGER);
  int32_t n = (int32_t)(bits_of(t) - bits_of(CK_ROUND_TO_INTEGER));
  float nf = t - CK_ROUND_TO_INTEGER;
  float r = fma1(nf, -0x1.62e4p-1f, x);
  r = fma1(nf, -0x1.7f7d1cp-20f, r);
  float q = 0x1.6a23cep-10f;
  q = fma1(q, r, 0x1.123a2p-7f);
  q = fma1(q, r, 0x1.5558f2p-5f);
  q = fma1(q, r, 0x1.555492p-3f);
  q = fma1(q, r, 0x1.fffffcp-2f);
  float y = 1.0f + fma1(r * r, q, r);
  // 2^n in two factors, so that neither overflows and a subnormal result is rounded once.
  int32_t half = n >> 1;
  float first = float_of(((uint32_t)half + 127u) << 23);
  float second = float_of(((uint32_t)n - (uint32_t)half + 127u) << 23);
  return (y * first) * second;
}

static inline float log1(float x) {
  int subnormal = x < 0x1p-126f;
  float scaled = subnormal ? x * 0x1p23f : x;
  uint32_t bits = bits_of(scaled);
  uint32_t above = bits - 0x3f3504f3u;  // the bits of sqrt(1/2)
  float e = (float)(((int32_t)above >> 23) + (subnormal ? -23 : 0));
  float f = float_of(bits - (above & 0xff800000u)) - 1.0f;
  float R = 0x1.1457aap-4f;
  R = fma1(R, f, -0x1.de3c24p-4f);
  R = fma1(R, f, 0x1.e6f072p-4f);
  R = fma1(R, f, -0x1.fc2206p-4f);
  R = fma1(R, f, 0x1.233768p-3f);
  R = fma1(R, f, -0x1.555c4ep-3f);
  R = fma1(R, f, 0x1.99a4b6p-3f);
  R = fma1(R, f, -0x1.000006p-2f);
  R = fma1(R, f, 0x1.555548p-2f);
  float u = (f * f) * fma1(R, f, -0.5f);
  float lo = fma1(e, 0x1.7f7d1cp-20f, u);
  float y = fma1(e, 0x1.62e4p-1f, f + lo);
  y = x == __builtin_inff() ? x : y;
  y = x == 0.0f ? -__builtin_inff() : y;
  return x >= 0.0f ? y : __builtin_nanf("");
}

static inline float tanh1(float x) {
  float size = __builtin_fabsf(x);
  float z = x * x;
  float T = -0x1.75a1fap-8f;
  T = fma1(T, z, 0x1.5218e4p-6f);
  T = fma1(T, z, -0x1.b83a58p-5f);
  T = fma1(T, z, 0x1.110718p-3f);
  T = fma1(T, z, -0x1.555532p-2f);
  float small = fma1(x * z, T, x);
  float a = size > 10.0f ? 10.0f : size;
  float large = 1.0f - 2.0f / (exp1(a + a) + 1.0f);
  large = __builtin_copysignf(large, x);
  return size < 0.625f ? small : large;
}

static inline float sigmoid1(float x) {
  float e = exp1(-__builtin_fabsf(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}
