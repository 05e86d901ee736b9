// The gradient at the weights of a convolution of many channels: a tile is six input channels at one
// tap by two vectors of output channels, k runs over the positions (image, row, column).
//
// It goes from segment to segment of 4096 positions. Their images are packed with six channels side
// by side, the output's gradient with a tile's; then each thread has its own weights: p of a block
// in registers, S of the segment and T of all in memory.

enum { SEGMENT_TERMS = BLOCK_TERMS * SEGMENT_BLOCKS };

typedef struct pixel_weight_call {
  const ck_conv2d *shape;
  const float *x, *dy;
  ptrdiff_t positions, width;           // outputs of an image
  ptrdiff_t rows, pitch;                // of an image with its padding
  ptrdiff_t groups, panels, taps;       // sixes of input channels; panels of output channels
  ptrdiff_t first, last;                // positions of the segment, counted through the batch
  float *images;                        // [image of the segment][group][row][column][ROWS]
  float *gradient;                      // [panel][position of the segment][COLUMNS]
  int32_t *seen;                        // of each position of the segment: its first tap in a group
  float *s, *t;                         // [panel][group][tap][ROWS][COLUMNS]
} pixel_weight_call;

static ptrdiff_t packed_image(const pixel_weight_call *call) {
  return call->groups * call->rows * call->pitch * ROWS;
}

// Images of the segment first ..< last, counted from its first one.
static void pack_sixes(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pixel_weight_call *call = context;
  const ck_conv2d *s = call->shape;
  ptrdiff_t plane = s->height * s->width;
  for (ptrdiff_t image = first; image < last; image++) {
    ptrdiff_t n = call->first / call->positions + image;
    for (ptrdiff_t group = 0; group < call->groups; group++) {
      ptrdiff_t left = s->in_channels - group * ROWS, lanes = left < ROWS ? left : ROWS;
      const float *from = call->x + (n * s->in_channels + group * ROWS) * plane;
      float *to = call->images + image * packed_image(call) +
                  (group * call->rows + s->padding) * call->pitch * ROWS + s->padding * ROWS;
      for (ptrdiff_t h = 0; h < s->height; h++, to += call->pitch * ROWS)
        for (ptrdiff_t lane = 0; lane < lanes; lane++) {
          const float *line = from + lane * plane + h * s->width;
          for (ptrdiff_t w = 0; w < s->width; w++) to[w * ROWS + lane] = line[w];
        }
    }
  }
}

// Panels first ..< last of the segment's output gradients.
static void pack_gradients(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pixel_weight_call *call = context;
  ptrdiff_t channels = call->shape->out_channels, positions = call->positions;
  for (ptrdiff_t panel = first; panel < last; panel++)
    for (ptrdiff_t lane = 0; lane < COLUMNS; lane += 8) {
      ptrdiff_t channel = panel * COLUMNS + lane, left = channels - channel;
      float *to = call->gradient + panel * SEGMENT_TERMS * COLUMNS + lane;
      for (ptrdiff_t at = call->first; at < call->last;) {
        ptrdiff_t n = at / positions, i = at % positions;
        ptrdiff_t end = positions - i < call->last - at ? positions : i + call->last - at;
        const float *from = call->dy + (n * channels + channel) * positions;
        at += end - i;
        if (left >= 8)
          for (; i + 8 <= end; i += 8, to += 8 * COLUMNS)
            transpose_8(to, COLUMNS, from + i, positions);
        for (; i < end; i++, to += COLUMNS)
          for (ptrdiff_t j = 0; j < 8; j++) to[j] = j < left ? from[j * positions + i] : 0.0f;
      }
    }
}

// s += p of one tile, a block of positions
INLINE void pixel_weight_tile(float *s, const float *image, const float *dy, const int32_t *seen,
                              ptrdiff_t count) {
  v sum[ROWS][2];
  UNROLL
  for (int r = 0; r < ROWS; r++) sum[r][0] = sum[r][1] = (v){0};
  for (ptrdiff_t k = 0; k < count; k++, dy += COLUMNS) {
    const float *x = image + seen[k];
    v d0 = load(dy), d1 = load(dy + W);
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      v factor = splat(x[r]);
      sum[r][0] = fma_v(factor, d0, sum[r][0]);
      sum[r][1] = fma_v(factor, d1, sum[r][1]);
    }
  }
  UNROLL
  for (int r = 0; r < ROWS; r++)
    UNROLL
    for (int c = 0; c < 2; c++) {
      float *at = s + r * COLUMNS + c * W;
      store(at, load(at) + sum[r][c]);
    }
}

// Items first ..< last: item i is panel i % panels of the group i / panels.
static void pixel_weight_items(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pixel_weight_call *call = context;
  ptrdiff_t tile = ROWS * COLUMNS, size = call->taps * tile, count = call->last - call->first;
  for (ptrdiff_t item = first; item < last; item++) {
    ptrdiff_t group = item / call->panels, panel = item % call->panels;
    float *s = call->s + item * size, *t = call->t + item * size;
    memset(s, 0, (size_t)size * sizeof *s);
    for (ptrdiff_t k = 0; k < count; k += BLOCK_TERMS) {
      ptrdiff_t now = count - k < BLOCK_TERMS ? count - k : BLOCK_TERMS;
      const float *dy = call->gradient + (panel * SEGMENT_TERMS + k) * COLUMNS;
      for (ptrdiff_t tap = 0; tap < call->taps; tap++) {
        ptrdiff_t kh = tap / call->shape->kernel_width, kw = tap % call->shape->kernel_width;
        const float *image =
            call->images + ((group * call->rows + kh) * call->pitch + kw) * ROWS;
        pixel_weight_tile(s + tap * tile, image, dy, call->seen + k, now);
      }
    }
    for (ptrdiff_t i = 0; i < size; i++) t[i] += s[i];
  }
}

static void weight_segment(pixel_weight_call *call) {
  const ck_conv2d *s = call->shape;
  ptrdiff_t image = call->first / call->positions;
  for (ptrdiff_t at = call->first; at < call->last; at++) {
    ptrdiff_t n = at / call->positions - image, i = at % call->positions;
    call->seen[at - call->first] = (int32_t)(n * packed_image(call) +
                                             (i / call->width * call->pitch + i % call->width) *
                                                 s->stride * ROWS);
  }
  ptrdiff_t images = (call->last - 1) / call->positions - image + 1;
  ck_parallel(images, 1, pack_sixes, call);
  ck_parallel(call->panels, 1, pack_gradients, call);
  ck_parallel(call->groups * call->panels, 1, pixel_weight_items, call);
}

static void pixel_conv2d_backward_weight(float *dweight, const float *dy, const float *x,
                                         const ck_conv2d *s) {
  ptrdiff_t width = ck_conv2d_out_width(s), positions = ck_conv2d_out_height(s) * width;
  ptrdiff_t total = s->batch * positions, taps = s->kernel_height * s->kernel_width;
  pixel_weight_call call = {.shape = s, .x = x, .dy = dy, .positions = positions, .width = width,
                            .rows = s->height + 2 * s->padding,
                            .pitch = s->width + 2 * s->padding,
                            .groups = (s->in_channels + ROWS - 1) / ROWS,
                            .panels = (s->out_channels + COLUMNS - 1) / COLUMNS, .taps = taps};
  ptrdiff_t images = positions == 0 ? 0 : SEGMENT_TERMS / positions + 2;
  if (images > s->batch) images = s->batch;
  ptrdiff_t sums = call.groups * call.panels * taps * ROWS * COLUMNS;
  call.images = ck_scratch(CK_SCRATCH_INPUT, images * packed_image(&call));
  call.gradient = ck_scratch(CK_SCRATCH_PLANE, call.panels * SEGMENT_TERMS * COLUMNS);
  call.seen = (int32_t *)ck_scratch(CK_SCRATCH_OFFSETS, SEGMENT_TERMS);
  call.s = ck_scratch(CK_SCRATCH_PARTIAL, 2 * sums);
  call.t = call.s + sums;
  memset(call.images, 0, (size_t)(images * packed_image(&call)) * sizeof *call.images);
  memset(call.t, 0, (size_t)sums * sizeof *call.t);
  for (call.first = 0; call.first < total; call.first = call.last) {
    call.last = call.first + SEGMENT_TERMS < total ? call.first + SEGMENT_TERMS : total;
    weight_segment(&call);
  }
  for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
    for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
      for (ptrdiff_t tap = 0; tap < taps; tap++) {
        ptrdiff_t item = ic / ROWS * call.panels + oc / COLUMNS;
        *dweight++ = call.t[((item * taps + tap) * ROWS + ic % ROWS) * COLUMNS + oc % COLUMNS];
      }
}
