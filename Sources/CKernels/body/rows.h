// Sums along an axis and what is made of them: softmax and cross-entropy.

enum { AXIS_LANES = 32, AXIS_BLOCK = 4096 };

// lane[j] += lane[j + h] for h = 16, 8, 4, 2, 1
static inline float lane_tree(float *lane) {
  for (int h = AXIS_LANES / 2; h > 0; h /= 2)
    for (int j = 0; j < h; j++) lane[j] += lane[j + h];
  return lane[0];
}

// Σ x[i], or with b Σ x[i] b[i], for n <= AXIS_BLOCK
static float axis_block(const float *x, const float *b, ptrdiff_t n) {
  float lane[AXIS_LANES] = {0};
  ptrdiff_t whole = n - n % AXIS_LANES;
  if (b) {
    for (ptrdiff_t i = 0; i < whole; i += AXIS_LANES)
      for (int j = 0; j < AXIS_LANES; j++) lane[j] = fma1(x[i + j], b[i + j], lane[j]);
    for (ptrdiff_t i = whole; i < n; i++) lane[i - whole] = fma1(x[i], b[i], lane[i - whole]);
  } else {
    for (ptrdiff_t i = 0; i < whole; i += AXIS_LANES)
      for (int j = 0; j < AXIS_LANES; j++) lane[j] += x[i + j];
    for (ptrdiff_t i = whole; i < n; i++) lane[i - whole] += x[i];
  }
  return lane_tree(lane);
}

// More than AXIS_BLOCK elements: the sums of the blocks are summed the same way, and so on. `unit`
// is how many elements stand behind one term of the last of these sums.
static float axis_sum(const float *x, const float *b, ptrdiff_t n) {
  if (n <= AXIS_BLOCK) return axis_block(x, b, n);
  ptrdiff_t unit = AXIS_BLOCK;
  while ((n - 1) / unit >= AXIS_BLOCK) unit *= AXIS_BLOCK;
  float lane[AXIS_LANES] = {0};
  for (ptrdiff_t i = 0, term = 0; i < n; i += unit, term++)
    lane[term % AXIS_LANES] += axis_sum(x + i, b ? b + i : 0, n - i < unit ? n - i : unit);
  return lane_tree(lane);
}

static float sum_op(const float *x, ptrdiff_t n) { return axis_sum(x, 0, n); }

static float dot_op(const float *a, const float *b, ptrdiff_t n) { return axis_sum(a, b, n); }

typedef struct rows_call {
  float *y;
  const float *x, *b;
  ptrdiff_t columns;
} rows_call;

// How many rows a thread takes at a time.
static ptrdiff_t rows_chunk(ptrdiff_t columns) { return 1 + (1 << 14) / (columns + 1); }

static void sum_of_rows(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const rows_call *call = context;
  for (ptrdiff_t i = first; i < last; i++) {
    ptrdiff_t at = i * call->columns;
    call->y[i] = axis_sum(call->x + at, call->b ? call->b + at : 0, call->columns);
  }
}

static void sum_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  rows_call call = {.y = y, .x = x, .columns = columns};
  ck_parallel(rows, rows_chunk(columns), sum_of_rows, &call);
}

static void dot_rows_op(float *y, const float *a, const float *b, ptrdiff_t rows,
                        ptrdiff_t columns) {
  rows_call call = {.y = y, .x = a, .b = b, .columns = columns};
  ck_parallel(rows, rows_chunk(columns), sum_of_rows, &call);
}

// Sums along an axis that is not the last: whole lines of `inner`, ascending.
static void sum_axis_op(float *y, const float *x, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner) {
  for (ptrdiff_t i = 0; i < outer; i++, y += inner) {
    memset(y, 0, (size_t)inner * sizeof *y);
    for (ptrdiff_t k = 0; k < n; k++, x += inner)
      for (ptrdiff_t j = 0; j < inner; j++) y[j] += x[j];
  }
}

// By lanes: the order makes no difference to the largest of finite numbers.
static inline float row_maximum(const float *x, ptrdiff_t n) {
  float m = x[0];
  if (n >= AXIS_LANES) {
    float lane[AXIS_LANES];
    for (int j = 0; j < AXIS_LANES; j++) lane[j] = x[j];
    for (ptrdiff_t i = AXIS_LANES; i + AXIS_LANES <= n; i += AXIS_LANES)
      for (int j = 0; j < AXIS_LANES; j++) lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
    for (int j = 0; j < AXIS_LANES; j++) m = lane[j] > m ? lane[j] : m;
  }
  for (ptrdiff_t i = n / AXIS_LANES * AXIS_LANES; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

// y_j = exp(x_j - m); returns their sum
static inline float exponentials(float *y, const float *x, float m, ptrdiff_t n) {
  SIDE_BY_SIDE for (ptrdiff_t j = 0; j < n; j++) y[j] = exp1(x[j] - m);
  return axis_sum(y, 0, n);
}

static void softmax_of_rows(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const rows_call *call = context;
  ptrdiff_t columns = call->columns;
  for (ptrdiff_t i = first; i < last; i++) {
    const float *x = call->x + i * columns;
    float *y = call->y + i * columns;
    float inverse = 1.0f / exponentials(y, x, row_maximum(x, columns), columns);
    for (ptrdiff_t j = 0; j < columns; j++) y[j] = y[j] * inverse;
  }
}

static void softmax_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  rows_call call = {.y = y, .x = x, .columns = columns};
  if (columns > 0) ck_parallel(rows, rows_chunk(columns), softmax_of_rows, &call);
}

static void softmax_rows_backward_op(float *dx, const float *dy, const float *y, ptrdiff_t rows,
                                     ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++, dx += columns, dy += columns, y += columns) {
    float mean = axis_sum(dy, y, columns);
    for (ptrdiff_t j = 0; j < columns; j++) dx[j] = y[j] * (dy[j] - mean);
  }
}

static void log_softmax_rows_op(float *y, const float *x, ptrdiff_t rows, ptrdiff_t columns) {
  if (columns == 0) return;
  for (ptrdiff_t i = 0; i < rows; i++, x += columns, y += columns) {
    float m = row_maximum(x, columns);
    float log_sum = log1(exponentials(y, x, m, columns));
    for (ptrdiff_t j = 0; j < columns; j++) y[j] = (x[j] - m) - log_sum;
  }
}

static void log_softmax_rows_backward_op(float *dx, const float *dy, const float *y,
                                         ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t i = 0; i < rows; i++, dx += columns, dy += columns, y += columns) {
    float total = axis_sum(dy, 0, columns);
    SIDE_BY_SIDE for (ptrdiff_t j = 0; j < columns; j++) dx[j] = fma1(-exp1(y[j]), total, dy[j]);
  }
}

static void cross_entropy_rows_op(float *losses, float *gradient, const float *logits,
                                  const int32_t *labels, float factor, ptrdiff_t rows,
                                  ptrdiff_t columns) {
  if (rows == 0 || columns == 0) return;
  float *row = gradient ? gradient : ck_scratch(CK_SCRATCH_ROWS, columns);
  for (ptrdiff_t i = 0; i < rows; i++, logits += columns) {
    float m = row_maximum(logits, columns);
    float total = exponentials(row, logits, m, columns);
    losses[i] = log1(total) - (logits[labels[i]] - m);
    if (!gradient) continue;
    float inverse = 1.0f / total;
    for (ptrdiff_t j = 0; j < columns; j++)
      row[j] = (row[j] * inverse - (j == labels[i] ? 1.0f : 0.0f)) * factor;
    row += columns;
  }
}
