// Functions of each element; long arrays are shared by the threads.

typedef struct unary_call {
  float *y;
  const float *x;
  ptrdiff_t n;
  int operation;
} unary_call;

enum { UNARY_PIECE = 1 << 14 };

#define UNARY_CASE(operation, f)                                                                   \
  case operation:                                                                                  \
    SIDE_BY_SIDE for (ptrdiff_t i = 0; i < n; i++) y[i] = f(x[i]);                                 \
    break;
#define NEGATE(x) (-(x))
#define RECIPROCAL(x) (1.0f / (x))
#define IS_NAN(x) ((x) != (x) ? 1.0f : 0.0f)

// Pieces first ..< last.
static void unary_pieces(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const unary_call *call = context;
  ptrdiff_t begin = first * UNARY_PIECE, end = last * UNARY_PIECE;
  ptrdiff_t n = (end < call->n ? end : call->n) - begin;
  float *y = call->y + begin;
  const float *x = call->x + begin;
  switch (call->operation) {
    UNARY_CASE(CK_NEGATE, NEGATE)
    UNARY_CASE(CK_ABSOLUTE, __builtin_fabsf)
    UNARY_CASE(CK_SIGN, sign1)
    UNARY_CASE(CK_SQRT, sqrt1)
    UNARY_CASE(CK_RSQRT, rsqrt1)
    UNARY_CASE(CK_RECIPROCAL, RECIPROCAL)
    UNARY_CASE(CK_EXP, exp1)
    UNARY_CASE(CK_LOG, log1)
    UNARY_CASE(CK_LOG1P, log1p1)
    UNARY_CASE(CK_TANH, tanh1)
    UNARY_CASE(CK_SIGMOID, sigmoid1)
    UNARY_CASE(CK_ERF, erf1)
    UNARY_CASE(CK_SOFTPLUS, softplus1)
    UNARY_CASE(CK_SIN, sine1)
    UNARY_CASE(CK_COS, cosine1)
    UNARY_CASE(CK_RELU, relu1)
    UNARY_CASE(CK_FLOOR, floor1)
    UNARY_CASE(CK_IS_NAN, IS_NAN)
  }
}

static void unary_op(int operation, float *y, const float *x, ptrdiff_t n) {
  unary_call call = {.y = y, .x = x, .n = n, .operation = operation};
  ptrdiff_t pieces = (n + UNARY_PIECE - 1) / UNARY_PIECE;
  if (pieces > 0) ck_parallel(pieces, pieces < 4 ? pieces : 1, unary_pieces, &call);
}
