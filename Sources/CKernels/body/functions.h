// Functions of one number: polynomials with every operation written out, so that no library and no
// vector width can change a bit. Branches are selections: loops over them vectorise.

// Before a loop over a function: several elements side by side hide the latency of its chain.
#ifdef __clang__
#define SIDE_BY_SIDE _Pragma("clang loop interleave_count(4)")
#else
#define SIDE_BY_SIDE
#endif

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

static inline float rsqrt1(float x) { return 1.0f / sqrt1(x); }

static inline float sign1(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }

// The integer part, then one less where that is above x. From 2^23 on every number is an integer.
static inline float floor1(float x) {
  int small = __builtin_fabsf(x) < 0x1p23f;
  float whole = (float)(int32_t)(small ? x : 0.0f);
  whole = __builtin_copysignf(whole > x ? whole - 1.0f : whole, x);
  return small ? whole : x;
}

// log(1 + x): what rounding 1 + x to u lost, x - (u - 1), comes back as a slope times itself.
static inline float log1p1(float x) {
  float u = 1.0f + x;
  float y = log1(u) + (x - (u - 1.0f)) / u;
  y = u == 1.0f ? x : y;
  return x > 0x1p24f || u <= 0.0f ? log1(u) : y;
}

static inline float softplus1(float x) {
  float above = x > 0.0f ? x : 0.0f;
  return x != x ? x : above + log1p1(exp1(-__builtin_fabsf(x)));
}

// Up to 1 as x + x P(x²), beyond as 1 - exp(-P(|x|)).
static inline float erf1(float x) {
  float z = x * x;
  float P = 0x1.496a28p-14f;
  P = fma1(P, z, -0x1.a3f6fcp-11f);
  P = fma1(P, z, 0x1.5405b2p-8f);
  P = fma1(P, z, -0x1.b7f90cp-6f);
  P = fma1(P, z, 0x1.ce2cf8p-4f);
  P = fma1(P, z, -0x1.81273ep-2f);
  P = fma1(P, z, 0x1.06eba8p-3f);
  float small = fma1(x, P, x);
  float size = __builtin_fabsf(x);
  float a = size > 4.0f ? 4.0f : size;
  float g = 0x1.6c06a4p-16f;
  g = fma1(g, a, -0x1.ceeafap-12f);
  g = fma1(g, a, 0x1.1398fcp-8f);
  g = fma1(g, a, -0x1.9d0bd6p-6f);
  g = fma1(g, a, 0x1.bc18dp-4f);
  g = fma1(g, a, 0x1.4434fp-1f);
  g = fma1(g, a, 0x1.212c2cp+0f);
  g = fma1(g, a, -0x1.8b3ecep-13f);
  float large = __builtin_copysignf(1.0f - exp1(-g), x);
  return size <= 1.0f ? small : x != x ? x : large;
}

// Sine and cosine: x less the nearest multiple of a quarter turn, that multiple's first 33 bits and
// the rest subtracted in binary64, where the products are exact up to 2^20 turns. NaN beyond 2^20.
static inline float quarter_turn(float x, int32_t shift) {
  double t = (double)x * 0x1.45f306dc9c883p-1 + 0x1.8p52;
  double turns = t - 0x1.8p52;
  uint64_t bits;
  memcpy(&bits, &t, sizeof bits);
  uint32_t q = (uint32_t)bits + (uint32_t)shift;
  float r = (float)(((double)x - turns * 0x1.921fb544p+0) - turns * 0x1.0b4611a626331p-34);
  float z = r * r;
  float S = -0x1.a00f68p-13f;
  S = fma1(0x1.6ccbb4p-19f, z, S);
  S = fma1(S, z, 0x1.111108p-7f);
  S = fma1(S, z, -0x1.555556p-3f);
  float s = fma1(r * z, S, r);
  float C = 0x1.99f2dcp-16f;
  C = fma1(C, z, -0x1.6c0c58p-10f);
  C = fma1(C, z, 0x1.55554ap-5f);
  float c = fma1(z * z, C, fma1(z, -0.5f, 1.0f));
  float y = q & 1 ? c : s;
  y = float_of(bits_of(y) ^ ((q & 2) << 30));
  return __builtin_fabsf(x) <= 0x1p20f ? y : __builtin_nanf("");
}

static inline float sine1(float x) { return x == 0.0f ? x : quarter_turn(x, 0); }
static inline float cosine1(float x) { return quarter_turn(x, 1); }
