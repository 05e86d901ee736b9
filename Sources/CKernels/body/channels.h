// Sums over the positions (image, place) of each channel of x [n][channels][inner], by rule R2: the
// blocks and segments of a contraction. Lanes are channels; threads share groups of them.

enum { CHANNEL_GROUP = 16 };

typedef enum channel_term {
  TERM_VALUE,      // a
  TERM_PRODUCT,    // fma(a, b, p)
  TERM_DEVIATION,  // fma(d, d, p), d = a - mean
  TERM_NORMALISED  // fma(b, (a - mean) · rstd, p), and b itself into a second sum
} channel_term;

typedef struct channel_call {
  float *sums, *more;  // the results; `more` for the second sum
  const float *a, *b, *mean, *rstd;
  ptrdiff_t n, channels, inner;
  channel_term term;
} channel_call;

// One group's sums, all channels side by side.
typedef struct channel_sums {
  float p[2][CHANNEL_GROUP], s[2][CHANNEL_GROUP], t[2][CHANNEL_GROUP];
  float mean[CHANNEL_GROUP], rstd[CHANNEL_GROUP];
  ptrdiff_t terms, blocks;
} channel_sums;

static void channel_end_segment(channel_sums *sums) {
  for (int i = 0; i < 2; i++)
    for (int c = 0; c < CHANNEL_GROUP; c++) {
      sums->t[i][c] += sums->s[i][c];
      sums->s[i][c] = 0.0f;
    }
  sums->blocks = 0;
}

static void channel_end_block(channel_sums *sums) {
  for (int i = 0; i < 2; i++)
    for (int c = 0; c < CHANNEL_GROUP; c++) {
      sums->s[i][c] += sums->p[i][c];
      sums->p[i][c] = 0.0f;
    }
  sums->terms = 0;
  if (++sums->blocks == SEGMENT_BLOCKS) channel_end_segment(sums);
}

// The terms of one position: lane c takes a[c · step] and b[c · step].
static inline void channel_position(channel_sums *restrict sums, channel_term term,
                                    const float *a, const float *b, ptrdiff_t step, ptrdiff_t count) {
  float *p = sums->p[0], *q = sums->p[1];
  for (ptrdiff_t c = 0; c < count; c++) {
    float x = a[c * step];
    if (term == TERM_VALUE) {
      p[c] += x;
    } else if (term == TERM_PRODUCT) {
      p[c] = fma1(x, b[c * step], p[c]);
    } else if (term == TERM_DEVIATION) {
      float d = x - sums->mean[c];
      p[c] = fma1(d, d, p[c]);
    } else {
      float y = b[c * step];
      p[c] = fma1(y, (x - sums->mean[c]) * sums->rstd[c], p[c]);
      q[c] += y;
    }
  }
}

#ifdef CK_WIDTH
// Eights of positions of a whole group of planes: turned, so that lanes are channels.
INLINE void channel_eights(channel_sums *sums, const channel_term term, const float *a,
                           const float *b, ptrdiff_t inner, ptrdiff_t positions) {
  enum { VECTORS = CHANNEL_GROUP / 8 };
  v8 p[VECTORS], q[VECTORS], mean[VECTORS], rstd[VECTORS];
  for (int g = 0; g < VECTORS; g++) {
    p[g] = load_8(sums->p[0] + 8 * g);
    q[g] = load_8(sums->p[1] + 8 * g);
    mean[g] = load_8(sums->mean + 8 * g);
    rstd[g] = load_8(sums->rstd + 8 * g);
  }
  for (ptrdiff_t i = 0; i < positions; i += 8) {
    float turned_a[8 * CHANNEL_GROUP], turned_b[8 * CHANNEL_GROUP];
    for (int lane = 0; lane < CHANNEL_GROUP; lane += 8) {
      transpose_8(turned_a + lane, CHANNEL_GROUP, a + lane * inner + i, inner);
      if (term == TERM_PRODUCT || term == TERM_NORMALISED)
        transpose_8(turned_b + lane, CHANNEL_GROUP, b + lane * inner + i, inner);
    }
    for (int j = 0; j < 8; j++)
      for (int g = 0; g < VECTORS; g++) {
        v8 x = load_8(turned_a + j * CHANNEL_GROUP + 8 * g), y = {0};
        if (term == TERM_PRODUCT || term == TERM_NORMALISED)
          y = load_8(turned_b + j * CHANNEL_GROUP + 8 * g);
        if (term == TERM_VALUE) {
          p[g] += x;
        } else if (term == TERM_PRODUCT) {
          p[g] = fma_8(x, y, p[g]);
        } else if (term == TERM_DEVIATION) {
          p[g] = fma_8(x - mean[g], x - mean[g], p[g]);
        } else {
          p[g] = fma_8(y, (x - mean[g]) * rstd[g], p[g]);
          q[g] += y;
        }
      }
  }
  for (int g = 0; g < VECTORS; g++) {
    store_8(sums->p[0] + 8 * g, p[g]);
    store_8(sums->p[1] + 8 * g, q[g]);
  }
}
#endif

// Positions of one image, none beyond the block at hand.
static inline void channel_positions(channel_sums *sums, channel_term term, const float *a,
                                     const float *b, ptrdiff_t inner, ptrdiff_t count,
                                     ptrdiff_t positions) {
  if (inner == 1) {
    channel_position(sums, term, a, b, 1, count);
    return;
  }
  ptrdiff_t i = 0;
#ifdef CK_WIDTH
  if (count == CHANNEL_GROUP) {
    i = positions / 8 * 8;
    channel_eights(sums, term, a, b, inner, i);
  }
#endif
  for (; i < positions; i++) channel_position(sums, term, a + i, b ? b + i : 0, inner, count);
}

static inline void channel_group(const channel_call *call, channel_term term, ptrdiff_t first,
                                 ptrdiff_t count) {
  channel_sums sums = {0};
  for (ptrdiff_t c = 0; c < count; c++) {
    sums.mean[c] = call->mean ? call->mean[first + c] : 0.0f;
    sums.rstd[c] = call->rstd ? call->rstd[first + c] : 0.0f;
  }
  for (ptrdiff_t n = 0; n < call->n; n++) {
    ptrdiff_t start = (n * call->channels + first) * call->inner;
    for (ptrdiff_t i = 0; i < call->inner;) {
      ptrdiff_t left = BLOCK_TERMS - sums.terms;
      ptrdiff_t now = call->inner - i < left ? call->inner - i : left;
      channel_positions(&sums, term, call->a + start + i, call->b ? call->b + start + i : 0,
                        call->inner, count, now);
      sums.terms += now;
      i += now;
      if (sums.terms == BLOCK_TERMS) channel_end_block(&sums);
    }
  }
  channel_end_block(&sums);
  channel_end_segment(&sums);
  for (ptrdiff_t c = 0; c < count; c++) {
    call->sums[first + c] = sums.t[0][c];
    if (call->more) call->more[first + c] = sums.t[1][c];
  }
}

// Groups first ..< last.
static void channel_groups(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const channel_call *call = context;
  for (ptrdiff_t group = first; group < last; group++) {
    ptrdiff_t start = group * CHANNEL_GROUP, left = call->channels - start;
    ptrdiff_t count = left < CHANNEL_GROUP ? left : CHANNEL_GROUP;
    switch (call->term) {
      case TERM_VALUE: channel_group(call, TERM_VALUE, start, count); break;
      case TERM_PRODUCT: channel_group(call, TERM_PRODUCT, start, count); break;
      case TERM_DEVIATION: channel_group(call, TERM_DEVIATION, start, count); break;
      case TERM_NORMALISED: channel_group(call, TERM_NORMALISED, start, count); break;
    }
  }
}

static void sum_channels(channel_call call) {
  ptrdiff_t groups = (call.channels + CHANNEL_GROUP - 1) / CHANNEL_GROUP;
  int small = call.n * call.channels * call.inner < 1 << 16;
  ck_parallel(groups, small ? groups + 1 : 1, channel_groups, &call);
}

static void channel_sums_op(float *sums, const float *x, ptrdiff_t n, ptrdiff_t channels,
                            ptrdiff_t inner) {
  sum_channels((channel_call){.sums = sums, .a = x, .n = n, .channels = channels, .inner = inner,
                              .term = TERM_VALUE});
}

static void channel_dots_op(float *sums, const float *a, const float *b, ptrdiff_t n,
                            ptrdiff_t channels, ptrdiff_t inner) {
  sum_channels((channel_call){.sums = sums, .a = a, .b = b, .n = n, .channels = channels,
                              .inner = inner, .term = TERM_PRODUCT});
}
