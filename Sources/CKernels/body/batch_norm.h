// Batch normalisation of x [n][channels][inner].

static void batch_norm_statistics_op(float *mean, float *variance, const float *x, ptrdiff_t n,
                                     ptrdiff_t channels, ptrdiff_t inner) {
  float count = (float)(n * inner);
  channel_call call = {.sums = mean, .a = x, .n = n, .channels = channels, .inner = inner,
                       .term = TERM_VALUE};
  sum_channels(call);
  for (ptrdiff_t c = 0; c < channels; c++) mean[c] = mean[c] / count;
  call.sums = variance;
  call.mean = mean;
  call.term = TERM_DEVIATION;
  sum_channels(call);
  for (ptrdiff_t c = 0; c < channels; c++) variance[c] = variance[c] / count;
}

typedef struct batch_norm_call {
  float *out;
  const float *x, *dy, *mean, *rstd, *gamma, *beta, *dgamma, *dbeta;
  ptrdiff_t channels, inner;
  float count;
} batch_norm_call;

// Planes (image, channel) first ..< last.
static void batch_norm_apply_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const batch_norm_call *call = context;
  for (ptrdiff_t plane = first; plane < last; plane++) {
    ptrdiff_t c = plane % call->channels;
    float mean = call->mean[c], a = call->gamma[c] * call->rstd[c], beta = call->beta[c];
    const float *x = call->x + plane * call->inner;
    float *y = call->out + plane * call->inner;
    for (ptrdiff_t i = 0; i < call->inner; i++) y[i] = fma1(x[i] - mean, a, beta);
  }
}

static void batch_norm_apply_op(float *y, const float *x, const float *mean, const float *rstd,
                                const float *gamma, const float *beta, ptrdiff_t n,
                                ptrdiff_t channels, ptrdiff_t inner) {
  batch_norm_call call = {.out = y, .x = x, .mean = mean, .rstd = rstd, .gamma = gamma,
                          .beta = beta, .channels = channels, .inner = inner};
  ck_parallel(n * channels, 1 + (1 << 14) / (inner + 1), batch_norm_apply_planes, &call);
}

static void batch_norm_backward_planes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const batch_norm_call *call = context;
  for (ptrdiff_t plane = first; plane < last; plane++) {
    ptrdiff_t c = plane % call->channels;
    float mean = call->mean[c], rstd = call->rstd[c], a = call->gamma[c] * rstd;
    float c1 = call->dbeta[c] / call->count, c2 = call->dgamma[c] / call->count;
    const float *x = call->x + plane * call->inner, *dy = call->dy + plane * call->inner;
    float *dx = call->out + plane * call->inner;
    for (ptrdiff_t i = 0; i < call->inner; i++) {
      float normalised = (x[i] - mean) * rstd;
      dx[i] = a * fma1(-normalised, c2, dy[i] - c1);
    }
  }
}

static void batch_norm_backward_op(float *dx, float *dgamma, float *dbeta, const float *dy,
                                   const float *x, const float *mean, const float *rstd,
                                   const float *gamma, ptrdiff_t n, ptrdiff_t channels,
                                   ptrdiff_t inner) {
  sum_channels((channel_call){.sums = dgamma, .more = dbeta, .a = x, .b = dy, .mean = mean,
                              .rstd = rstd, .n = n, .channels = channels, .inner = inner,
                              .term = TERM_NORMALISED});
  if (!dx) return;
  batch_norm_call call = {.out = dx, .x = x, .dy = dy, .mean = mean, .rstd = rstd, .gamma = gamma,
                          .dgamma = dgamma, .dbeta = dbeta, .channels = channels, .inner = inner,
                          .count = (float)(n * inner)};
  ck_parallel(n * channels, 1 + (1 << 14) / (inner + 1), batch_norm_backward_planes, &call);
}
