// The gradients of convolution, relu and pooling together. Behind a pool of 2 × 2 at most one pixel
// in four has a gradient, behind relu fewer: the sums are made of those alone. What is left out are
// terms with a factor of zero, which change no sum (of finite factors).

typedef struct event {  // a pixel of the convolution's plane with a gradient
  int32_t at;           // row · pitch + column
  float gradient;
} event;

typedef struct sparse_call {
  ck_conv2d shape;
  ck_pool2d pool;
  ptrdiff_t pitch;                      // of the padded image and of events: width + 2 padding
  ptrdiff_t out_height, out_width;      // of the convolution
  ptrdiff_t pooled_height, pooled_width;
  float *dx, *dweight, *dbias;
  const float *dy, *y, *x, *weights;
  const uint8_t *index;
} sparse_call;

// The events of one plane, ascending; returns their number.
static ptrdiff_t find_events(event *events, event *lower, const sparse_call *call,
                             ptrdiff_t plane) {
  ptrdiff_t width = call->pooled_width, out = plane * call->pooled_height * width, count = 0;
  for (ptrdiff_t h = 0; h < call->pooled_height; h++, out += width) {
    // A row of windows holds two rows of pixels: those of the lower come after those of the upper.
    ptrdiff_t low = 0;
    for (ptrdiff_t w = 0; w < width; w++) {
      float gradient = call->dy[out + w];
      ptrdiff_t place = call->index[out + w];
      ptrdiff_t at = (2 * h + place / 2) * call->pitch + 2 * w + place % 2;
      event here = {(int32_t)at, gradient};
      int active = (call->y[out + w] > 0.0f) & (gradient != 0.0f);
      events[count] = here;
      lower[low] = here;
      count += active & (place < 2);
      low += active & (place >= 2);
    }
    memcpy(events + count, lower, (size_t)low * sizeof *events);
    count += low;
  }
  return count;
}

// Memory for the events of `channels` planes and find_events' lower row.
static event *event_memory(const sparse_call *call, ptrdiff_t channels) {
  ptrdiff_t most = (channels + 1) * call->pooled_height * call->pooled_width + channels;
  return (event *)ck_scratch(CK_SCRATCH_EVENTS, 2 * most);
}

// MARK: Weights

enum { SPARSE_ROWS = 10 };

// p[row][8] += gradient · image[event, row], for kernel rows (input channel, kernel row)
INLINE void sparse_rows(float *p, const float *image, const int32_t *offsets, const event *events,
                        const event *end, const int rows) {
  v8 sum[SPARSE_ROWS];
  UNROLL
  for (int r = 0; r < rows; r++) sum[r] = load_8(p + 8 * r);
  for (; events < end; events++) {
    v8 gradient = splat_8(events->gradient);
    const float *x = image + events->at;
    UNROLL
    for (int r = 0; r < rows; r++) sum[r] = fma_8(gradient, load_8(x + offsets[r]), sum[r]);
  }
  UNROLL
  for (int r = 0; r < rows; r++) store_8(p + 8 * r, sum[r]);
}

// One channel's sums: its kernel rows, then the bias.
static void sparse_channel(float *p, const float *image, const int32_t *offsets, ptrdiff_t rows,
                           const event *events, const event *end) {
  for (ptrdiff_t done = 0; done < rows;) {
    ptrdiff_t now = rows - done < SPARSE_ROWS ? rows - done : SPARSE_ROWS;
#define SPARSE(rows) sparse_rows(p + 8 * done, image, offsets + done, events, end, rows)
    switch (now) {
      case 10: SPARSE(10); break;
      case 9: SPARSE(9); break;
      case 8: SPARSE(8); break;
      case 7: SPARSE(7); break;
      default: WITH_ROWS(now, SPARSE)
    }
#undef SPARSE
    done += now;
  }
  float bias = p[8 * rows];
  for (; events < end; events++) bias += events->gradient;
  p[8 * rows] = bias;
}

// Output channels first ..< last.
static void sparse_weight_channels(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const sparse_call *call = context;
  const ck_conv2d *s = &call->shape;
  const frame f = padded_frame(s);
  ptrdiff_t rows = s->in_channels * s->kernel_height, channels = last - first;
  ptrdiff_t positions = call->out_height * call->out_width;
  ptrdiff_t pooled = call->pooled_height * call->pooled_width;
  float *image = ck_scratch(CK_SCRATCH_INPUT, frame_size(&f));
  memset(image, 0, (size_t)frame_size(&f) * sizeof *image);
  int32_t *offsets = (int32_t *)ck_scratch(CK_SCRATCH_PLANE, rows + 2 * channels);
  int32_t *left = offsets + rows, *right = left + channels;  // each channel's events to come
  for (ptrdiff_t r = 0; r < rows; r++)
    offsets[r] = (int32_t)(r / s->kernel_height * f.plane + r % s->kernel_height * f.pitch);
  event *events = event_memory(call, channels);
  ptrdiff_t size = 8 * (rows + 1);
  sums dw = sums_begin(ck_scratch(CK_SCRATCH_SUMS, 3 * channels * size), channels * size);

  for (ptrdiff_t n = 0; n < s->batch; n++) {
    fill_frame(image, &f, call->x + n * s->in_channels * s->height * s->width);
    for (ptrdiff_t c = 0; c < channels; c++) {
      left[c] = (int32_t)(c * pooled);
      right[c] = left[c] + (int32_t)find_events(events + left[c], events + channels * pooled, call,
                                                n * s->out_channels + first + c);
    }
    // The image's positions, piece by piece of the blocks that they fall into.
    for (ptrdiff_t at = n * positions; at < (n + 1) * positions;) {
      ptrdiff_t next = (at / BLOCK_TERMS + 1) * BLOCK_TERMS;
      int ends = next <= (n + 1) * positions;
      if (!ends) next = (n + 1) * positions;
      ptrdiff_t position = next - n * positions;
      int32_t limit = (int32_t)(position / call->out_width * f.pitch + position % call->out_width);
      for (ptrdiff_t c = 0; c < channels; c++) {
        int32_t from = left[c];
        while (left[c] < right[c] && events[left[c]].at < limit) left[c]++;
        sparse_channel(dw.p + c * size, image, offsets, rows, events + from, events + left[c]);
      }
      if (ends) end_block(&dw);
      at = next;
    }
  }

  const float *t = sums_end(&dw);
  for (ptrdiff_t c = 0; c < channels; c++, t += size) {
    float *out = call->dweight + (first + c) * rows * s->kernel_width;
    for (ptrdiff_t r = 0; r < rows; r++)
      memcpy(out + r * s->kernel_width, t + 8 * r, (size_t)s->kernel_width * sizeof *out);
    if (call->dbias) call->dbias[first + c] = t[8 * rows];
  }
}

// MARK: Input

// Lanes are input channels, in runs of eight: weights [tap][output channel][lane], sums
// [padded pixel][lane].
static float *sparse_weights(const ck_conv2d *s, const float *weight, ptrdiff_t lanes) {
  ptrdiff_t taps = s->kernel_height * s->kernel_width;
  float *weights = ck_scratch(CK_SCRATCH_WEIGHT, taps * s->out_channels * lanes), *to = weights;
  for (ptrdiff_t tap = 0; tap < taps; tap++)
    for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
      for (ptrdiff_t ic = 0; ic < lanes; ic++)
        *to++ = ic < s->in_channels ? weight[(oc * s->in_channels + ic) * taps + tap] : 0.0f;
  return weights;
}

// Images first ..< last.
static void sparse_input_images(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const sparse_call *call = context;
  const ck_conv2d *s = &call->shape;
  ptrdiff_t pitch = call->pitch, pixels = (s->height + 2 * s->padding) * pitch;
  ptrdiff_t lanes = (s->in_channels + 7) / 8 * 8;
  ptrdiff_t pooled = call->pooled_height * call->pooled_width;
  event *events = event_memory(call, s->out_channels);
  int32_t *counts = (int32_t *)ck_scratch(CK_SCRATCH_PLANE, s->out_channels);
  float *memory = ck_scratch(CK_SCRATCH_SUMS, 3 * pixels * lanes);
  for (ptrdiff_t n = first; n < last; n++) {
    for (ptrdiff_t oc = 0; oc < s->out_channels; oc++)
      counts[oc] = (int32_t)find_events(events + oc * pooled, events + s->out_channels * pooled,
                                        call, n * s->out_channels + oc);
    sums dx = sums_begin(memory, pixels * lanes);
    const float *weights = call->weights;
    for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
      for (ptrdiff_t kw = 0; kw < s->kernel_width; kw++)
        for (ptrdiff_t oc = 0; oc < s->out_channels; oc++) {
          const event *from = events + oc * pooled, *to = from + counts[oc];
          for (ptrdiff_t lane = 0; lane < lanes; lane += 8, weights += 8) {
            v8 weight = load_8(weights);
            float *p = dx.p + (kh * pitch + kw) * lanes + lane;
            for (const event *e = from; e < to; e++) {
              float *sum = p + e->at * lanes;
              store_8(sum, fma_8(splat_8(e->gradient), weight, load_8(sum)));
            }
          }
          end_term(&dx);
        }
    const float *t = sums_end(&dx) + (s->padding * pitch + s->padding) * lanes;
    float *out = call->dx + n * s->in_channels * s->height * s->width;
    for (ptrdiff_t ic = 0; ic < s->in_channels; ic++)
      for (ptrdiff_t h = 0; h < s->height; h++)
        for (ptrdiff_t w = 0; w < s->width; w++) *out++ = t[(h * pitch + w) * lanes + ic];
  }
}

static void conv2d_relu_maxpool_backward_op(float *dx, float *dweight, float *dbias,
                                            const float *dy, const float *y, const uint8_t *index,
                                            const float *x, const float *weight,
                                            const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                            ptrdiff_t pool_stride) {
  if (!is_dense(shape) || pool_kernel != 2 || pool_stride != 2 || shape->kernel_width > 8) {
    fused_backward_by_parts(dx, dweight, dbias, dy, y, index, x, weight, shape, pool_kernel,
                            pool_stride);
    return;
  }
  sparse_call call = {.shape = *shape, .pool = pool_of(shape, 2, 2),
                      .pitch = shape->width + 2 * shape->padding,
                      .out_height = ck_conv2d_out_height(shape),
                      .out_width = ck_conv2d_out_width(shape),
                      .dx = dx, .dweight = dweight, .dbias = dbias, .dy = dy, .y = y, .x = x,
                      .index = index};
  call.pooled_height = ck_pool2d_out_height(&call.pool);
  call.pooled_width = ck_pool2d_out_width(&call.pool);
  ck_parallel(shape->out_channels, shape->out_channels / (2 * ck_threads()) + 1,
              sparse_weight_channels, &call);
  if (!dx) return;
  call.weights = sparse_weights(shape, weight, (shape->in_channels + 7) / 8 * 8);
  ck_parallel(shape->batch, 4, sparse_input_images, &call);
}
