// Element-wise operations on strided arrays. Axes that lie one behind the other in memory are taken
// together, so that most calls are a few long rows; the rows are shared by the threads.

enum { ROW_PIECE = 1 << 14, PARALLEL_ELEMENTS = 1 << 16 };

// Up to three operands over the same sizes; strides[operand][axis].
typedef struct strided_call {
  float *y;
  const float *operands[3];
  ptrdiff_t strides[3][CK_MOST_AXES], sizes[CK_MOST_AXES];
  int count, rank, operation;
  void (*row)(const struct strided_call *call, float *y, const float *const *x, ptrdiff_t n);
  ptrdiff_t pieces;  // of a row
} strided_call;

// Whether every operand's axis `outer` continues where its axis `inner` ends.
static int is_continued(const strided_call *c, int outer, int inner) {
  for (int i = 0; i < c->count; i++)
    if (c->strides[i][outer] != c->strides[i][inner] * c->sizes[inner]) return 0;
  return 1;
}

static void add_axis(strided_call *c, ptrdiff_t size, const ptrdiff_t *strides) {
  if (size == 1) return;
  for (int i = 0; i < c->count; i++) c->strides[i][c->rank] = strides[i];
  c->sizes[c->rank++] = size;
  if (c->rank < 2 || !is_continued(c, c->rank - 2, c->rank - 1)) return;
  c->rank--;
  c->sizes[c->rank - 1] *= size;
  for (int i = 0; i < c->count; i++) c->strides[i][c->rank - 1] = strides[i];
}

static ptrdiff_t row_length(const strided_call *c) { return c->rank ? c->sizes[c->rank - 1] : 1; }

// Pieces of rows first ..< last, rows ascending.
static void strided_items(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const strided_call *c = context;
  ptrdiff_t n = row_length(c), step = (n + c->pieces - 1) / c->pieces;
  ptrdiff_t place[CK_MOST_AXES] = {0}, at[3] = {0}, row = first / c->pieces;
  for (int axis = c->rank - 2; axis >= 0; axis--) {
    place[axis] = row % c->sizes[axis];
    row /= c->sizes[axis];
    for (int i = 0; i < c->count; i++) at[i] += place[axis] * c->strides[i][axis];
  }
  for (ptrdiff_t item = first; item < last; item++) {
    ptrdiff_t begin = item % c->pieces * step, end = begin + step < n ? begin + step : n;
    const float *x[3] = {0};
    for (int i = 0; i < c->count; i++)
      x[i] = c->operands[i] + at[i] + (c->rank ? begin * c->strides[i][c->rank - 1] : 0);
    if (begin < end) c->row(c, c->y + item / c->pieces * n + begin, x, end - begin);
    if (item % c->pieces < c->pieces - 1) continue;
    for (int axis = c->rank - 2; axis >= 0; axis--) {
      for (int i = 0; i < c->count; i++) at[i] += c->strides[i][axis];
      if (++place[axis] < c->sizes[axis]) break;
      place[axis] = 0;
      for (int i = 0; i < c->count; i++) at[i] -= c->strides[i][axis] * c->sizes[axis];
    }
  }
}

static void run_strided(strided_call *c) {
  ptrdiff_t rows = 1, n = row_length(c);
  for (int axis = 0; axis < c->rank - 1; axis++) rows *= c->sizes[axis];
  if (rows * n == 0) return;
  c->pieces = rows > 1 ? 1 : (n + ROW_PIECE - 1) / ROW_PIECE;
  ptrdiff_t items = rows * c->pieces, piece = n / c->pieces + 1;
  ck_parallel(items, rows * n < PARALLEL_ELEMENTS ? items : (ROW_PIECE + piece - 1) / piece,
              strided_items, c);
}

// A row's loops: the strides that occur are constants in one of them.
#define STRIDED_LOOPS(a_stride, b_stride, loop)                                                    \
  if (a_stride == 1 && b_stride == 1) {                                                            \
    loop(1, 1)                                                                                     \
  } else if (a_stride == 1 && b_stride == 0) {                                                     \
    loop(1, 0)                                                                                     \
  } else if (a_stride == 0 && b_stride == 1) {                                                     \
    loop(0, 1)                                                                                     \
  } else {                                                                                         \
    loop(a_stride, b_stride)                                                                       \
  }

static ptrdiff_t row_stride(const strided_call *c, int operand) {
  return c->rank ? c->strides[operand][c->rank - 1] : 0;
}

static inline float add1(float a, float b) { return a + b; }
static inline float subtract1(float a, float b) { return a - b; }
static inline float multiply1(float a, float b) { return a * b; }
static inline float divide1(float a, float b) { return a / b; }
static inline float maximum1(float a, float b) { return a > b ? a : b; }
static inline float minimum1(float a, float b) { return a < b ? a : b; }
static inline float equal1(float a, float b) { return a == b ? 1.0f : 0.0f; }
static inline float less1(float a, float b) { return a < b ? 1.0f : 0.0f; }
static inline float less_or_equal1(float a, float b) { return a <= b ? 1.0f : 0.0f; }
static inline float gate1(float a, float b) { return b > 0.0f ? a : 0.0f; }
static inline float leaky1(float a, float b) { return a > 0.0f ? a : b * a; }

#define BINARY_ROW(name)                                                                           \
  static void name##_row(const strided_call *c, float *y, const float *const *x, ptrdiff_t n) {    \
    const float *a = x[0], *b = x[1];                                                              \
    ptrdiff_t s = row_stride(c, 0), t = row_stride(c, 1);                                          \
    STRIDED_LOOPS(s, t, name##_LOOP)                                                               \
  }
#define BINARY_LOOP(name, s, t)                                                                    \
  for (ptrdiff_t i = 0; i < n; i++) y[i] = name##1(a[i * (s)], b[i * (t)]);
#define add_LOOP(s, t) BINARY_LOOP(add, s, t)
#define subtract_LOOP(s, t) BINARY_LOOP(subtract, s, t)
#define multiply_LOOP(s, t) BINARY_LOOP(multiply, s, t)
#define divide_LOOP(s, t) BINARY_LOOP(divide, s, t)
#define maximum_LOOP(s, t) BINARY_LOOP(maximum, s, t)
#define minimum_LOOP(s, t) BINARY_LOOP(minimum, s, t)
#define power_LOOP(s, t) BINARY_LOOP(power, s, t)
#define equal_LOOP(s, t) BINARY_LOOP(equal, s, t)
#define less_LOOP(s, t) BINARY_LOOP(less, s, t)
#define less_or_equal_LOOP(s, t) BINARY_LOOP(less_or_equal, s, t)
#define gate_LOOP(s, t) BINARY_LOOP(gate, s, t)
#define leaky_LOOP(s, t) BINARY_LOOP(leaky, s, t)
BINARY_ROW(add)
BINARY_ROW(subtract)
BINARY_ROW(multiply)
BINARY_ROW(divide)
BINARY_ROW(maximum)
BINARY_ROW(minimum)
BINARY_ROW(power)
BINARY_ROW(equal)
BINARY_ROW(less)
BINARY_ROW(less_or_equal)
BINARY_ROW(gate)
BINARY_ROW(leaky)

static void binary_op(int operation, float *y, const float *a, const ptrdiff_t *a_strides,
                      const float *b, const ptrdiff_t *b_strides, const ptrdiff_t *sizes,
                      int rank) {
  static void (*const rows[CK_BINARY_COUNT])(const strided_call *, float *, const float *const *,
                                             ptrdiff_t) = {
      [CK_ADD] = add_row,         [CK_SUBTRACT] = subtract_row, [CK_MULTIPLY] = multiply_row,
      [CK_DIVIDE] = divide_row,   [CK_MAXIMUM] = maximum_row,   [CK_MINIMUM] = minimum_row,
      [CK_POWER] = power_row,     [CK_EQUAL] = equal_row,       [CK_LESS] = less_row,
      [CK_LESS_OR_EQUAL] = less_or_equal_row, [CK_GATE] = gate_row, [CK_LEAKY_RELU] = leaky_row};
  strided_call call = {.y = y, .operands = {a, b}, .count = 2, .row = rows[operation]};
  for (int axis = 0; axis < rank; axis++)
    add_axis(&call, sizes[axis], (ptrdiff_t[]){a_strides[axis], b_strides[axis]});
  run_strided(&call);
}

static inline float ternary1(int operation, float a, float b, float c) {
  switch (operation) {
    case CK_MULTIPLY_ADD: return fma1(a, b, c);
    case CK_SELECT: return a != 0.0f ? b : c;
    case CK_CLAMP: return a < b ? b : a > c ? c : a;
    default: return b > 0.0f ? a : c * a;  // CK_LEAKY_GATE
  }
}

#define TERNARY_LOOP(operation, s, t, u)                                                           \
  for (ptrdiff_t i = 0; i < n; i++)                                                                \
    y[i] = ternary1(operation, a[i * (s)], b[i * (t)], d[i * (u)]);
#define TERNARY_ROW(name, operation)                                                               \
  static void name(const strided_call *c, float *y, const float *const *x, ptrdiff_t n) {          \
    const float *a = x[0], *b = x[1], *d = x[2];                                                   \
    ptrdiff_t s = row_stride(c, 0), t = row_stride(c, 1), u = row_stride(c, 2);                    \
    if (s == 1 && t == 1 && u == 1) {                                                              \
      TERNARY_LOOP(operation, 1, 1, 1)                                                             \
    } else if (s == 1 && t == 1 && u == 0) {                                                       \
      TERNARY_LOOP(operation, 1, 1, 0)                                                             \
    } else if (s == 1 && t == 0 && u == 0) {                                                       \
      TERNARY_LOOP(operation, 1, 0, 0)                                                             \
    } else {                                                                                       \
      TERNARY_LOOP(operation, s, t, u)                                                             \
    }                                                                                              \
  }
TERNARY_ROW(multiply_add_row, CK_MULTIPLY_ADD)
TERNARY_ROW(select_row, CK_SELECT)
TERNARY_ROW(clamp_row, CK_CLAMP)
TERNARY_ROW(leaky_gate_row, CK_LEAKY_GATE)

static void ternary_op(int operation, float *y, const float *a, const ptrdiff_t *a_strides,
                       const float *b, const ptrdiff_t *b_strides, const float *c,
                       const ptrdiff_t *c_strides, const ptrdiff_t *sizes, int rank) {
  static void (*const rows[CK_TERNARY_COUNT])(const strided_call *, float *, const float *const *,
                                              ptrdiff_t) = {
      multiply_add_row, select_row, clamp_row, leaky_gate_row};
  strided_call call = {.y = y, .operands = {a, b, c}, .count = 3, .row = rows[operation]};
  for (int axis = 0; axis < rank; axis++)
    add_axis(&call, sizes[axis],
             (ptrdiff_t[]){a_strides[axis], b_strides[axis], c_strides[axis]});
  run_strided(&call);
}

static void gather_row(const strided_call *c, float *y, const float *const *x, ptrdiff_t n) {
  const float *from = x[0];
  ptrdiff_t s = row_stride(c, 0);
  if (s == 1)
    memcpy(y, from, (size_t)n * sizeof *y);
  else
    for (ptrdiff_t i = 0; i < n; i++) y[i] = from[i * s];
}

static void gather_strided_op(float *y, const float *x, const ptrdiff_t *x_strides,
                              const ptrdiff_t *sizes, int rank) {
  strided_call call = {.y = y, .operands = {x}, .count = 1, .row = gather_row};
  for (int axis = 0; axis < rank; axis++) add_axis(&call, sizes[axis], &x_strides[axis]);
  run_strided(&call);
}

// Here the strided array is the result, and the contiguous one is read: their parts are exchanged.
static void scatter_row(const strided_call *c, float *from, const float *const *x, ptrdiff_t n) {
  float *to = (float *)x[0];
  ptrdiff_t s = row_stride(c, 0);
  for (ptrdiff_t i = 0; i < n; i++) to[i * s] = from[i];
}

static void scatter_strided_op(float *y, const ptrdiff_t *y_strides, const float *x,
                               const ptrdiff_t *sizes, int rank) {
  strided_call call = {.y = (float *)x, .operands = {y}, .count = 1, .row = scatter_row};
  for (int axis = 0; axis < rank; axis++) add_axis(&call, sizes[axis], &y_strides[axis]);
  run_strided(&call);
}
