// The gradient at a convolution's weights: lanes are output channels, rows of a tile are taps
// (input channel, kernel row, kernel column). The bias is one more tap, into a plane of ones.
//
// Blocks of 256 positions (image, row, column) are independent: each has its own p, in memory, and
// threads share the blocks. Then every weight adds its p in ascending order.

// Taps in a tile: with two vectors of channels 6, as in a product; with one, as many as there are
// registers to point at them.
enum { TAPS_OF_TWO = 6, TAPS_OF_ONE = 9 };

// Where the input of the bias is, behind the zeros that end the last channel's last row.
static ptrdiff_t plane_of_ones(const frame *f) { return f->channels * f->plane + f->left; }

typedef struct weight_call {
  ck_conv2d shape;
  frame frame;
  ptrdiff_t out_width, positions;    // of one image
  ptrdiff_t channels, group;         // first channel and lanes of the group at hand
  ptrdiff_t taps, padded_taps;       // with the bias; up to a whole number of tiles
  const int32_t *offsets;            // of the taps in the frame
  ptrdiff_t first_block;             // of this round
  float *p;                          // [block of the round][tap][lane]
  const float *dy, *x;
} weight_call;

// As many ones as positions reach from there: with strides, more than a plane where outputs see nothing
// but padding.
static ptrdiff_t count_of_ones(const weight_call *call) {
  ptrdiff_t last = call->positions - 1;
  ptrdiff_t place = last / call->out_width * call->frame.pitch + last % call->out_width;
  return place * call->shape.stride + 1;
}

// p[tap][lane] += Σ dy[position][lane] x[position at tap], for positions first ..< last
INLINE void weight_tile(float *p, const weight_call *call, const int32_t *offsets,
                        const float *image, const float *dy, ptrdiff_t first, ptrdiff_t last,
                        const int taps, const int vectors) {
  v sum[TAPS_OF_ONE][2];
  UNROLL
  for (int r = 0; r < taps; r++)
    UNROLL
    for (int c = 0; c < vectors; c++) sum[r][c] = load(p + (r * vectors + c) * W);
  const ptrdiff_t stride = call->shape.stride;
  while (first < last) {
    ptrdiff_t oh = first / call->out_width, ow = first % call->out_width;
    ptrdiff_t end = last - first < call->out_width - ow ? last : first + call->out_width - ow;
    const float *x = image + (oh * call->frame.pitch + ow) * stride;
    for (; first < end; first++, x += stride) {
      v value[2];
      UNROLL
      for (int c = 0; c < vectors; c++) value[c] = load(dy + (first * vectors + c) * W);
      UNROLL
      for (int r = 0; r < taps; r++) {
        v factor = splat(x[offsets[r]]);
        UNROLL
        for (int c = 0; c < vectors; c++) sum[r][c] = fma_v(factor, value[c], sum[r][c]);
      }
    }
  }
  UNROLL
  for (int r = 0; r < taps; r++)
    UNROLL
    for (int c = 0; c < vectors; c++) store(p + (r * vectors + c) * W, sum[r][c]);
}

// lanes[position][lane] = dy of the group's channels, 0 where there is none
static void turn_channels(float *lanes, const weight_call *call, ptrdiff_t n) {
  ptrdiff_t left = call->shape.out_channels - call->channels;
  const float *dy = call->dy + (n * call->shape.out_channels + call->channels) * call->positions;
  for (ptrdiff_t lane = 0; lane < call->group; lane += 8) {
    ptrdiff_t i = 0;
    if (left - lane >= 8)
      for (; i + 8 <= call->positions; i += 8)
        transpose_8(lanes + i * call->group + lane, call->group, dy + lane * call->positions + i,
                    call->positions);
    for (; i < call->positions; i++)
      for (ptrdiff_t j = lane; j < lane + 8; j++)
        lanes[i * call->group + j] = j < left ? dy[j * call->positions + i] : 0.0f;
  }
}

// Blocks first ..< last of the round.
static void weight_blocks(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const weight_call *call = context;
  const frame *f = &call->frame;
  ptrdiff_t positions = call->positions, total = call->shape.batch * positions;
  ptrdiff_t begin = (call->first_block + first) * BLOCK_TERMS;
  ptrdiff_t end = (call->first_block + last) * BLOCK_TERMS;
  if (end > total) end = total;
  ptrdiff_t ones = count_of_ones(call);
  float *image = ck_scratch(CK_SCRATCH_INPUT, frame_size(f) + ones);
  float *lanes = ck_scratch(CK_SCRATCH_PLANE, positions * call->group);
  memset(image, 0, (size_t)frame_size(f) * sizeof *image);
  for (ptrdiff_t i = 0; i < ones; i++) image[plane_of_ones(f) + i] = 1.0f;
  memset(call->p + first * call->padded_taps * call->group, 0,
         (size_t)((last - first) * call->padded_taps * call->group) * sizeof *call->p);

  for (ptrdiff_t at = begin; at < end;) {
    ptrdiff_t n = at / positions, start = n * positions;
    ptrdiff_t stop = start + positions < end ? start + positions : end;
    fill_frame(image, f, call->x + n * f->channels * f->height * f->width);
    turn_channels(lanes, call, n);
    while (at < stop) {
      ptrdiff_t block = at / BLOCK_TERMS, next = (block + 1) * BLOCK_TERMS;
      if (next > stop) next = stop;
      float *p = call->p + (block - call->first_block) * call->padded_taps * call->group;
      if (call->group > W)
        for (ptrdiff_t tap = 0; tap < call->padded_taps; tap += TAPS_OF_TWO)
          weight_tile(p + tap * call->group, call, call->offsets + tap, image, lanes, at - start,
                      next - start, TAPS_OF_TWO, 2);
      else
        for (ptrdiff_t tap = 0; tap < call->padded_taps; tap += TAPS_OF_ONE)
          weight_tile(p + tap * call->group, call, call->offsets + tap, image, lanes, at - start,
                      next - start, TAPS_OF_ONE, 1);
      at = next;
    }
  }
}

static void tap_offsets(int32_t *offsets, const weight_call *call) {
  const ck_conv2d *s = &call->shape;
  ptrdiff_t i = 0;
  for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
    for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
      for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++)
        offsets[i++] = (int32_t)(ic * call->frame.plane + kh * call->frame.pitch + kw);
  while (i < call->padded_taps) offsets[i++] = (int32_t)plane_of_ones(&call->frame);
}

// A group of channels: rounds of as many whole segments as fit the memory for their p.
static void weight_group(weight_call *call, float *dweight, float *dbias) {
  enum { MOST_FLOATS = 1 << 22 };
  ptrdiff_t count = call->padded_taps * call->group;
  ptrdiff_t blocks = (call->shape.batch * call->positions + BLOCK_TERMS - 1) / BLOCK_TERMS;
  ptrdiff_t segments = MOST_FLOATS / (count * SEGMENT_BLOCKS);
  ptrdiff_t round = (segments < 1 ? 1 : segments) * SEGMENT_BLOCKS;
  if (round > blocks) round = blocks;
  float *memory = ck_scratch(CK_SCRATCH_PARTIAL, (round + 2) * count);
  float *s = memory + round * count, *t = s + count;
  memset(s, 0, (size_t)(2 * count) * sizeof *s);
  call->p = memory;
  for (ptrdiff_t first = 0; first < blocks; first += round) {
    ptrdiff_t here = blocks - first < round ? blocks - first : round;
    call->first_block = first;
    ck_parallel(here, here / (4 * ck_threads()) + 1, weight_blocks, call);
    for (ptrdiff_t block = 0; block < here; block++) {
      const float *p = memory + block * count;
      for (ptrdiff_t i = 0; i < count; i++) s[i] += p[i];
      if (block % SEGMENT_BLOCKS < SEGMENT_BLOCKS - 1 && first + block < blocks - 1) continue;
      for (ptrdiff_t i = 0; i < count; i++) {
        t[i] += s[i];
        s[i] = 0.0f;
      }
    }
  }
  for (ptrdiff_t lane = 0; lane < call->group; lane++) {
    ptrdiff_t channel = call->channels + lane;
    if (channel >= call->shape.out_channels) break;
    for (ptrdiff_t tap = 0; tap < call->taps - 1; tap++)
      dweight[channel * (call->taps - 1) + tap] = t[tap * call->group + lane];
    if (dbias) dbias[channel] = t[(call->taps - 1) * call->group + lane];
  }
}

static void conv2d_backward_weight_op(float *dweight, float *dbias, const float *dy,
                                      const float *x, const ck_conv2d *shape) {
  if (has_many_channels(shape)) {
    pixel_conv2d_backward_weight(dweight, dy, x, shape);
    if (dbias)
      channel_sums_op(dbias, dy, shape->batch, shape->out_channels,
                      ck_conv2d_out_height(shape) * ck_conv2d_out_width(shape));
    return;
  }
  ptrdiff_t width = ck_conv2d_out_width(shape);
  weight_call call = {
      .shape = *shape,
      .frame = frame_around(shape->in_channels, shape->height, shape->width, shape->padding,
                            shape->padding, width),
      .out_width = width,
      .positions = ck_conv2d_out_height(shape) * width,
      .group = shape->out_channels > W || W < 8 ? COLUMNS : W,  // channels are turned by eights
      .taps = shape->in_channels * shape->kernel_height * shape->kernel_width + 1,
      .dy = dy,
      .x = x};
  ptrdiff_t tile = call.group > W ? TAPS_OF_TWO : TAPS_OF_ONE;
  call.padded_taps = (call.taps + tile - 1) / tile * tile;
  int32_t *offsets = (int32_t *)ck_scratch(CK_SCRATCH_OFFSETS, call.padded_taps);
  tap_offsets(offsets, &call);
  call.offsets = offsets;
  for (; call.channels < shape->out_channels; call.channels += call.group)
    weight_group(&call, dweight, dbias);
}
