// Matrix products: tiles of 6 rows by 2 vectors.

typedef struct matmul_call {
  float *c;
  const float *a, *b, *bias;
  ptrdiff_t m, n, k, a_row, a_k;
  int transpose_b;
  ptrdiff_t group;  // rows of c in one item of work
} matmul_call;

// panel[k][COLUMNS] = columns first ..< first + COLUMNS of b, zero beyond the last
static void pack_panel(float *panel, const matmul_call *call, ptrdiff_t first) {
  ptrdiff_t n = call->n, k = call->k;
  ptrdiff_t count = n - first < COLUMNS ? n - first : COLUMNS;
  if (!call->transpose_b) {
    for (ptrdiff_t i = 0; i < k; i++, panel += COLUMNS) {
      const float *b = call->b + i * n + first;
      if (count == COLUMNS) {
        memcpy(panel, b, COLUMNS * sizeof *b);
      } else {
        for (ptrdiff_t j = 0; j < COLUMNS; j++) panel[j] = j < count ? b[j] : 0.0f;
      }
    }
    return;
  }
  const float *b = call->b + first * k;
  ptrdiff_t done = 0;
  if (count == COLUMNS)
    for (; done + 8 <= k; done += 8)
      for (ptrdiff_t j = 0; j < COLUMNS; j += 8)
        transpose_8(panel + done * COLUMNS + j, COLUMNS, b + j * k + done, k);
  for (ptrdiff_t j = 0; j < COLUMNS; j++)
    for (ptrdiff_t i = done; i < k; i++) panel[i * COLUMNS + j] = j < count ? b[j * k + i] : 0.0f;
}

INLINE void matmul_tile(const matmul_call *call, const float *panel, ptrdiff_t row,
                        ptrdiff_t column, const int rows) {
  operands o = {.u = call->a + row * call->a_row, .u_row = call->a_row, .u_k = call->a_k,
                .v = panel, .v_k = COLUMNS};
  tile t;
  contract(&t, rows, 0, o, call->k);
  ptrdiff_t count = call->n - column;
  for (int r = 0; r < rows; r++) {
    float *c = call->c + (row + r) * call->n + column;
    if (count >= COLUMNS) {
      for (int j = 0; j < 2; j++) {
        v sum = t.sum[r][j];
        store(c + j * W, call->bias ? sum + load(call->bias + column + j * W) : sum);
      }
    } else {
      float values[COLUMNS];
      for (int j = 0; j < 2; j++) store(values + j * W, t.sum[r][j]);
      for (ptrdiff_t j = 0; j < count; j++)
        c[j] = call->bias ? values[j] + call->bias[column + j] : values[j];
    }
  }
}

// Item i is row group i % groups of column panel i / groups.
static void matmul_items(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const matmul_call *call = context;
  ptrdiff_t groups = (call->m + call->group - 1) / call->group, packed = -1;
  float *panel = ck_scratch(CK_SCRATCH_WEIGHT, call->k * COLUMNS);
  for (ptrdiff_t item = first; item < last; item++) {
    ptrdiff_t column = item / groups * COLUMNS, row = item % groups * call->group;
    if (packed != column) pack_panel(panel, call, column);
    packed = column;
    ptrdiff_t end = call->m - row < call->group ? call->m : row + call->group;
#define TILE(rows) matmul_tile(call, panel, row, column, rows)
    for (; row + ROWS <= end; row += ROWS) TILE(ROWS);
    WITH_ROWS(end - row, TILE)
#undef TILE
  }
}

typedef struct turn_rows_call {
  float *to;
  const float *a;
  ptrdiff_t m, k;
} turn_rows_call;

// to[i][k] = a[k][i] for eights of rows first ..< last
static void turn_rows(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const turn_rows_call *call = context;
  ptrdiff_t m = call->m, k = call->k;
  for (ptrdiff_t i = 8 * first; i < 8 * last; i += 8) {
    ptrdiff_t rows = m - i < 8 ? m - i : 8, j = 0;
    if (rows == 8)
      for (; j + 8 <= k; j += 8) transpose_8(call->to + i * k + j, k, call->a + j * m + i, m);
    for (; j < k; j++)
      for (ptrdiff_t row = 0; row < rows; row++)
        call->to[(i + row) * k + j] = call->a[j * m + i + row];
  }
}

static void matmul_bias(float *c, const float *a, const float *b, const float *bias, ptrdiff_t m,
                        ptrdiff_t n, ptrdiff_t k, int transpose_a, int transpose_b) {
  if (m == 0 || n == 0) return;
  matmul_call call = {.c = c, .a = a, .b = b, .bias = bias, .m = m, .n = n, .k = k,
                      .a_row = transpose_a ? 1 : k, .a_k = transpose_a ? m : 1,
                      .transpose_b = transpose_b, .group = 16 * ROWS};
  // Many columns read the rows of a again and again: better side by side.
  if (transpose_a && n >= 4 * COLUMNS) {
    turn_rows_call turn = {.to = ck_scratch(CK_SCRATCH_PARTIAL, m * k), .a = a, .m = m, .k = k};
    ck_parallel((m + 7) / 8, 1 + (1 << 14) / (8 * k + 1), turn_rows, &turn);
    call.a = turn.to;
    call.a_row = k;
    call.a_k = 1;
  }
  ptrdiff_t items = (n + COLUMNS - 1) / COLUMNS * ((m + call.group - 1) / call.group);
  // Below some 10 µs of work a second thread costs more than it does.
  ck_parallel(items, m * n * k < 400000 ? items : 1, matmul_items, &call);
}
