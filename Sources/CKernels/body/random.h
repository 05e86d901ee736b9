// Philox4x32-10 (Salmon et al., SC 2011) and what is drawn with it. Nothing has a state: element i
// of a stream is a function of seed, stream and i.

enum { PHILOX_BATCH = 16 };  // blocks of four words at a time, so that the loops vectorise

// words[4 j + w] = word w of block first + j
static inline void philox_batch(uint32_t *words, uint64_t seed, uint64_t stream, uint64_t first) {
  uint32_t c0[PHILOX_BATCH], c1[PHILOX_BATCH], c2[PHILOX_BATCH], c3[PHILOX_BATCH];
  for (int j = 0; j < PHILOX_BATCH; j++) {
    uint64_t block = first + (uint64_t)j;
    c0[j] = (uint32_t)block;
    c1[j] = (uint32_t)(block >> 32);
    c2[j] = (uint32_t)stream;
    c3[j] = (uint32_t)(stream >> 32);
  }
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    for (int j = 0; j < PHILOX_BATCH; j++) {
      uint64_t a = (uint64_t)c0[j] * 0xd2511f53u, b = (uint64_t)c2[j] * 0xcd9e8d57u;
      c0[j] = (uint32_t)(b >> 32) ^ c1[j] ^ k0;
      c1[j] = (uint32_t)b;
      c2[j] = (uint32_t)(a >> 32) ^ c3[j] ^ k1;
      c3[j] = (uint32_t)a;
    }
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  for (int j = 0; j < PHILOX_BATCH; j++) {
    words[4 * j] = c0[j];
    words[4 * j + 1] = c1[j];
    words[4 * j + 2] = c2[j];
    words[4 * j + 3] = c3[j];
  }
}

static void philox_words_op(uint32_t *words, uint64_t seed, uint64_t stream, uint64_t first,
                            ptrdiff_t n) {
  uint32_t batch[4 * PHILOX_BATCH];
  ptrdiff_t skip = (ptrdiff_t)(first % 4);
  for (uint64_t block = first / 4; n > 0; block += PHILOX_BATCH, skip = 0) {
    philox_batch(batch, seed, stream, block);
    ptrdiff_t count = 4 * PHILOX_BATCH - skip < n ? 4 * PHILOX_BATCH - skip : n;
    memcpy(words, batch + skip, (size_t)count * sizeof *words);
    words += count;
    n -= count;
  }
}

static void uniform_op(float *y, uint64_t seed, uint64_t stream, uint64_t first, float low,
                       float high, ptrdiff_t n) {
  uint32_t batch[4 * PHILOX_BATCH];
  float width = high - low;
  ptrdiff_t skip = (ptrdiff_t)(first % 4);
  for (uint64_t block = first / 4; n > 0; block += PHILOX_BATCH, skip = 0) {
    philox_batch(batch, seed, stream, block);
    ptrdiff_t count = 4 * PHILOX_BATCH - skip < n ? 4 * PHILOX_BATCH - skip : n;
    for (ptrdiff_t i = 0; i < count; i++)
      y[i] = fma1((float)(int32_t)(batch[skip + i] >> 8) * 0x1p-24f, width, low);
    y += count;
    n -= count;
  }
}

static void dropout_mask_op(float *y, uint64_t seed, uint64_t stream, uint64_t first,
                            uint32_t threshold, float scale, ptrdiff_t n) {
  uint32_t batch[4 * PHILOX_BATCH];
  ptrdiff_t skip = (ptrdiff_t)(first % 4);
  for (uint64_t block = first / 4; n > 0; block += PHILOX_BATCH, skip = 0) {
    philox_batch(batch, seed, stream, block);
    ptrdiff_t count = 4 * PHILOX_BATCH - skip < n ? 4 * PHILOX_BATCH - skip : n;
    for (ptrdiff_t i = 0; i < count; i++) y[i] = batch[skip + i] >> 8 >= threshold ? scale : 0.0f;
    y += count;
    n -= count;
  }
}

// Box-Muller: r cos and r sin of an angle of `turn` · 2π, r = sqrt(-2 log(radius))
static inline void normal_pair(uint32_t radius, uint32_t turn, float *cosine, float *sine) {
  float u1 = (float)(int32_t)((radius >> 8) + 1) * 0x1p-24f;
  float u = (float)(int32_t)(turn >> 8) * 0x1p-24f;
  float r = sqrt1(-2.0f * log1(u1));
  // u = q / 4 + f / 2: quarter q, and f in -1/4...1/4 half turns
  float t = fma1(u, 4.0f, CK_ROUND_TO_INTEGER);
  uint32_t q = bits_of(t) - bits_of(CK_ROUND_TO_INTEGER);
  float f = fma1(t - CK_ROUND_TO_INTEGER, -0.5f, u + u);
  float z = f * f;
  float S = 0x1.4bdfacp-4f;
  S = fma1(S, z, -0x1.32cb0ap-1f);
  S = fma1(S, z, 0x1.466bbcp+1f);
  S = fma1(S, z, -0x1.4abbcep+2f);
  float s = fma1(f * z, S, f * 0x1.921fb6p+1f);
  float C = 0x1.d9d3cep-3f;
  C = fma1(C, z, -0x1.55c5dap+0f);
  C = fma1(C, z, 0x1.03c1dep+2f);
  C = fma1(C, z, -0x1.3bd3ccp+2f);
  float c = fma1(z, C, 1.0f);
  float along = q & 1 ? s : c, across = q & 1 ? c : s;
  along = float_of(bits_of(along) ^ (((q + 1) & 2) << 30));
  across = float_of(bits_of(across) ^ ((q & 2) << 30));
  *cosine = r * along;
  *sine = r * across;
}

static void normal_op(float *y, uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t n) {
  uint32_t batch[4 * PHILOX_BATCH];
  float values[4 * PHILOX_BATCH];
  ptrdiff_t skip = (ptrdiff_t)(first % 4);
  for (uint64_t block = first / 4; n > 0; block += PHILOX_BATCH, skip = 0) {
    philox_batch(batch, seed, stream, block);
    for (int j = 0; j < 2 * PHILOX_BATCH; j++)
      normal_pair(batch[2 * j], batch[2 * j + 1], &values[2 * j], &values[2 * j + 1]);
    ptrdiff_t count = 4 * PHILOX_BATCH - skip < n ? 4 * PHILOX_BATCH - skip : n;
    memcpy(y, values + skip, (size_t)count * sizeof *y);
    y += count;
    n -= count;
  }
}
