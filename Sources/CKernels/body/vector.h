// Vectors of CK_WIDTH numbers, and the contraction of a tile of outputs: the inner loop of matrix
// products and convolutions.
//
// Everything here is inlined, and the tile's sizes are constants where it is: the sums of a block
// stay in registers. 12 of them keep both multipliers of a core busy and leave 4 of AVX2's 16
// registers for operands.

#define INLINE static inline __attribute__((always_inline))

enum { W = CK_WIDTH, ROWS = 6, COLUMNS = 2 * CK_WIDTH };

typedef float v __attribute__((vector_size(4 * CK_WIDTH)));
typedef float v_unaligned __attribute__((vector_size(4 * CK_WIDTH), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(4 * CK_WIDTH)));

INLINE v load(const float *x) { return *(const v_unaligned *)x; }
INLINE void store(float *x, v value) { *(v_unaligned *)x = value; }

// Eight numbers, on every path: for short rows of a kernel, and few channels.
typedef float v8 __attribute__((vector_size(32)));
typedef float v8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

INLINE v8 load_8(const float *x) { return *(const v8_unaligned *)x; }
INLINE void store_8(float *x, v8 value) { *(v8_unaligned *)x = value; }

// What a machine has its own instructions for: splat, fma_v, splat_8, fma_8, transpose_8.
#if defined(__x86_64__)
#include "lanes_x86.h"
#else
#include "lanes_neon.h"
#endif

// mask ? a : b, with all bits of a lane of the mask set or none
INLINE v choose(vi mask, v a, v b) { return (v)(((vi)a & mask) | ((vi)b & ~mask)); }

// One tile: up to six rows of u times two vectors of v.
typedef struct tile {
  v sum[ROWS][2];
} tile;

// u[row, k] is u[row · u_row + k · u_k]; v[k] starts at v + offsets[k], or v + k · v_k without.
typedef struct operands {
  const float *u, *v;
  const int32_t *offsets;
  ptrdiff_t u_row, u_k, v_k;
} operands;

#define UNROLL _Pragma("GCC unroll 16")

// p = fma(u[k], v[k], p) for k in first ..< last
INLINE void contract_block(tile *p, const int rows, const int indexed,
                           operands o, ptrdiff_t first, ptrdiff_t last) {
  v sum[ROWS][2];
UNROLL
  for (int r = 0; r < rows; r++)
UNROLL
    for (int c = 0; c < 2; c++) sum[r][c] = (v){0};
  const float *u = o.u + first * o.u_k;
  for (ptrdiff_t k = first; k < last; k++, u += o.u_k) {
    const float *x = o.v + (indexed ? o.offsets[k] : k * o.v_k);
    v value[2];
UNROLL
    for (int c = 0; c < 2; c++) value[c] = load(x + c * W);
UNROLL
    for (int r = 0; r < rows; r++) {
      v factor = splat(u[r * o.u_row]);
UNROLL
      for (int c = 0; c < 2; c++) sum[r][c] = fma_v(factor, value[c], sum[r][c]);
    }
  }
UNROLL
  for (int r = 0; r < rows; r++)
UNROLL
    for (int c = 0; c < 2; c++) p->sum[r][c] = sum[r][c];
}

INLINE void tile_add(tile *a, const tile *b, const int rows) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < 2; c++) a->sum[r][c] += b->sum[r][c];
}

// T of the tile, over all k
INLINE void contract(tile *t, const int rows, const int indexed, operands o,
                     ptrdiff_t k) {
  const tile zero = {0};
  if (k <= BLOCK_TERMS) {
    contract_block(t, rows, indexed, o, 0, k);
    tile_add(t, &zero, rows);  // S = +0 + p
    return;
  }
  *t = zero;
  for (ptrdiff_t segment = 0; segment < k; segment += BLOCK_TERMS * SEGMENT_BLOCKS) {
    ptrdiff_t end = segment + BLOCK_TERMS * SEGMENT_BLOCKS;
    tile s = zero, p;
    for (ptrdiff_t block = segment; block < k && block < end; block += BLOCK_TERMS) {
      contract_block(&p, rows, indexed, o, block,
                     k - block < BLOCK_TERMS ? k : block + BLOCK_TERMS);
      tile_add(&s, &p, rows);
    }
    tile_add(t, &s, rows);
  }
}

// Does `call` with the constant that `rows`, 1 to 6, equals.
#define WITH_ROWS(rows, call)                                                                      \
  switch (rows) {                                                                                  \
    case 1: call(1); break;                                                                        \
    case 2: call(2); break;                                                                        \
    case 3: call(3); break;                                                                        \
    case 4: call(4); break;                                                                        \
    case 5: call(5); break;                                                                        \
    case 6: call(6); break;                                                                        \
  }
