// a to the power of b in binary64, with + - * / alone, rounded once: exp2(b · log2 |a|).

// log2 of a positive number: 2 atanh(s) of the digits, s = (m - 1) / (m + 1), plus the exponent.
static inline double log2_of(float a) {
  int subnormal = a < 0x1p-126f;
  uint32_t bits = bits_of(subnormal ? a * 0x1p23f : a);
  uint32_t above = bits - 0x3f3504f3u;  // the bits of sqrt(1/2)
  double exponent = (double)(((int32_t)above >> 23) + (subnormal ? -23 : 0));
  double m = (double)float_of(bits - (above & 0xff800000u));
  double s = (m - 1.0) / (m + 1.0), z = s * s;
  double P = 1.0 / 19;
  P = P * z + 1.0 / 17;
  P = P * z + 1.0 / 15;
  P = P * z + 1.0 / 13;
  P = P * z + 1.0 / 11;
  P = P * z + 1.0 / 9;
  P = P * z + 1.0 / 7;
  P = P * z + 1.0 / 5;
  P = P * z + 1.0 / 3;
  double log = 2.0 * (s + s * z * P);
  return exponent + log * 0x1.71547652b82fep+0;
}

// 2^t for |t| <= 300: the series of e^(t ln 2) for the fraction, the rest in the exponent.
static inline double exp2_of(double t) {
  double whole = (t + 0x1.8p52) - 0x1.8p52;
  double x = (t - whole) * 0x1.62e42fefa39efp-1;
  double P = 1.0 / 6227020800;
  P = P * x + 1.0 / 479001600;
  P = P * x + 1.0 / 39916800;
  P = P * x + 1.0 / 3628800;
  P = P * x + 1.0 / 362880;
  P = P * x + 1.0 / 40320;
  P = P * x + 1.0 / 5040;
  P = P * x + 1.0 / 720;
  P = P * x + 1.0 / 120;
  P = P * x + 1.0 / 24;
  P = P * x + 1.0 / 6;
  P = P * x + 0.5;
  P = P * x + 1.0;
  P = P * x + 1.0;
  uint64_t bits = (uint64_t)((int64_t)whole + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  return P * scale;
}

// C's pow at the limits: x^0 = 1 and 1^y = 1 for all, a negative number has integer powers only.
static inline float power1(float a, float b) {
  float size = __builtin_fabsf(a), half = b * 0.5f;
  int whole = floor1(b) == b, odd = whole && __builtin_fabsf(b) < 0x1p24f && floor1(half) != half;
  double t = (double)b * log2_of(size);
  t = t > 300.0 ? 300.0 : t < -300.0 ? -300.0 : t;
  t = t == t ? t : 0.0;
  float y = (float)exp2_of(t);
  int grows = (size > 1.0f) == (b > 0.0f);
  float limit = grows ? __builtin_inff() : 0.0f;
  y = size == 0.0f || size == __builtin_inff() || __builtin_fabsf(b) == __builtin_inff() ? limit : y;
  y = size == 1.0f ? 1.0f : y;
  float sign = bits_of(a) >> 31 && odd ? -1.0f : 1.0f;
  y = y * sign;
  int undefined = a < 0.0f && size != __builtin_inff() && !whole;
  y = undefined || a != a || b != b ? __builtin_nanf("") : y;
  return b == 0.0f || a == 1.0f ? 1.0f : y;
}
