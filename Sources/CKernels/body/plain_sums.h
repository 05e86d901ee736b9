// The definition of a contraction, for many outputs side by side:
//
//   T = +0
//   for each segment of 4096 consecutive k:   S = +0
//     for each block of 256 consecutive k:    p = +0
//       for k ascending in the block:         p = fma(u[k], v[k], p)
//       S = S + p
//     T = T + S

enum { BLOCK_TERMS = 256, SEGMENT_BLOCKS = 16 };

typedef struct sums {
  float *p, *s, *t;
  ptrdiff_t count;
  int terms, blocks;
} sums;

static sums sums_begin(float *memory, ptrdiff_t count) {
  memset(memory, 0, (size_t)(3 * count) * sizeof *memory);
  return (sums){.p = memory, .s = memory + count, .t = memory + 2 * count, .count = count};
}

static void end_segment(sums *sums) {
  for (ptrdiff_t i = 0; i < sums->count; i++) {
    sums->t[i] += sums->s[i];
    sums->s[i] = 0.0f;
  }
  sums->blocks = 0;
}

static void end_block(sums *sums) {
  for (ptrdiff_t i = 0; i < sums->count; i++) {
    sums->s[i] += sums->p[i];
    sums->p[i] = 0.0f;
  }
  sums->terms = 0;
  if (++sums->blocks == SEGMENT_BLOCKS) end_segment(sums);
}

// Called after the terms of each k, also of a k whose terms are all zero and left out.
static inline void end_term(sums *sums) {
  if (++sums->terms == BLOCK_TERMS) end_block(sums);
}

// The results, valid until the memory is used again. (Ending an empty block or segment adds +0 to a
// sum that is not -0: no change.)
static const float *sums_end(sums *sums) {
  end_block(sums);
  end_segment(sums);
  return sums->t;
}
