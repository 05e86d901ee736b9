// Operations whose outputs depend on one element each. The loops carry nothing from one element to
// the next, so the compiler may take as many at a time as the path's registers hold.

static void add_op(float *y, const float *a, const float *b, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

static void subtract_op(float *y, const float *a, const float *b, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = a[i] - b[i];
}

static void multiply_op(float *y, const float *a, const float *b, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

static void divide_op(float *y, const float *a, const float *b, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = a[i] / b[i];
}

static void scale_op(float *y, const float *x, float factor, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] * factor;
}

static void add_scaled_op(float *y, const float *x, float factor, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = fma1(x[i], factor, y[i]);
}

static void normalize_bytes_op(float *y, const uint8_t *x, float scale, float mean,
                               float deviation, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = ((float)x[i] / scale - mean) / deviation;
}

static void exp_op(float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = exp1(x[i]);
}

static void log_op(float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = log1(x[i]);
}

static void tanh_op(float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = tanh1(x[i]);
}

static void sigmoid_op(float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = sigmoid1(x[i]);
}

static inline float relu1(float x) { return x <= 0.0f ? 0.0f : x; }

static void relu_forward_op(float *y, const float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = relu1(x[i]);
}

static void relu_backward_op(float *dx, const float *dy, const float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
}

static int all_finite_op(const float *x, ptrdiff_t n) {
  uint32_t found = 0;
  for (ptrdiff_t i = 0; i < n; i++) found |= (bits_of(x[i]) & 0x7f800000u) == 0x7f800000u;
  return !found;
}

// w, v: weights and velocity; g: gradient
static void sgd_step_op(float *w, float *v, const float *g, float rate, float momentum,
                        float decay, int nesterov, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float decayed = fma1(decay, w[i], g[i]);
    v[i] = fma1(momentum, v[i], decayed);
    w[i] = fma1(-rate, nesterov ? fma1(momentum, v[i], decayed) : v[i], w[i]);
  }
}

static void adam_step_op(float *w, float *m, float *v, const float *g, const ck_adam *scalars,
                         ptrdiff_t n) {
  const ck_adam s = *scalars;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (s.decoupled) w[i] = fma1(-s.rate_times_decay, w[i], w[i]);
    float decayed = s.decay == 0.0f || s.decoupled ? g[i] : fma1(s.decay, w[i], g[i]);
    m[i] = fma1(s.beta1, m[i], s.one_minus_beta1 * decayed);
    v[i] = fma1(s.beta2, v[i], s.one_minus_beta2 * (decayed * decayed));
    float step = (m[i] / s.correction1) / (sqrt1(v[i] / s.correction2) + s.epsilon);
    w[i] = fma1(-s.rate, step, w[i]);
  }
}
