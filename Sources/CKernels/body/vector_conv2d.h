// Convolution with stride 1: an image is copied into a frame of zeros, so that every tap of a run
// of outputs is a run of the copy. Then it is a matrix product whose second operand is never built.
//
// The copy's rows are `pitch` apart. Where the outputs' width allows, the zeros at the right of a
// row are those at the left of the next: pitch = width + padding. Outputs are computed with the
// same pitch; those between one row's end and the next row's start are of no use and dropped.

typedef struct frame {
  ptrdiff_t channels, height, width;  // what is copied
  ptrdiff_t top, left;                // zeros around it
  ptrdiff_t pitch, plane;             // of the copy
} frame;

static frame frame_around(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                          ptrdiff_t left, ptrdiff_t out_width) {
  ptrdiff_t pitch = width + (out_width <= width + left ? left : 2 * left);
  return (frame){.channels = channels, .height = height, .width = width, .top = top, .left = left,
                 .pitch = pitch, .plane = (height + 2 * top) * pitch};
}

// The frame with its own zeros on all sides of each row.
static frame padded_frame(const ck_conv2d *s) {
  ptrdiff_t pitch = s->width + 2 * s->padding;
  return (frame){.channels = s->in_channels, .height = s->height, .width = s->width,
                 .top = s->padding, .left = s->padding, .pitch = pitch,
                 .plane = (s->height + 2 * s->padding) * pitch};
}

// With what the last tile reads beyond the last output, in its rightmost tap: no kernel is wider than
// a row with zeros on both sides.
static ptrdiff_t frame_size(const frame *f) {
  return f->channels * f->plane + f->pitch + f->left + COLUMNS;
}

static void fill_frame(float *to, const frame *f, const float *image) {
  for (ptrdiff_t row = 0; row < f->channels * f->height; row++) {
    ptrdiff_t h = row % f->height;
    float *line = to + row / f->height * f->plane + (f->top + h) * f->pitch + f->left;
    memcpy(line, image + row * f->width, (size_t)f->width * sizeof *to);
  }
}

// The images' outputs: `channels` planes whose rows are the frame's pitch apart.
typedef struct convolution {
  frame frame;
  ptrdiff_t channels, height, width;
  ptrdiff_t panels;        // the channels in runs of at most 6
  ptrdiff_t terms;         // k
  const int32_t *offsets;  // of each k in the frame
  const float *weights;    // [panel][k][channel of the panel]
  ptrdiff_t plane;         // floats between the planes of the result
} convolution;

static void set_result(convolution *c, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width) {
  c->channels = channels;
  c->height = height;
  c->width = width;
  c->panels = (channels + ROWS - 1) / ROWS;
  c->plane = (height * c->frame.pitch + COLUMNS - 1) / COLUMNS * COLUMNS;
}

static ptrdiff_t panel_start(const convolution *c, ptrdiff_t panel) {
  return panel * c->channels / c->panels;
}

INLINE void convolve_panel(float *z, const convolution *c, const float *image, ptrdiff_t channel,
                           const int rows) {
  for (ptrdiff_t i = 0; i < c->height * c->frame.pitch; i += COLUMNS) {
    operands o = {.u = c->weights + channel * c->terms, .u_row = 1, .u_k = rows,
                  .v = image + i, .offsets = c->offsets};
    tile t;
    contract(&t, rows, 1, o, c->terms);
    for (int r = 0; r < rows; r++)
      for (int j = 0; j < 2; j++) store(z + (channel + r) * c->plane + i + j * W, t.sum[r][j]);
  }
}

// z[channel][pixel] of one image in its frame
static void convolve(float *z, const convolution *c, const float *image) {
  for (ptrdiff_t panel = 0; panel < c->panels; panel++) {
    ptrdiff_t channel = panel_start(c, panel);
#define PANEL(rows) convolve_panel(z, c, image, channel, rows)
    WITH_ROWS(panel_start(c, panel + 1) - channel, PANEL)
#undef PANEL
  }
}

// Packs the weights and offsets of a convolution with k = (kh, kw, source channel). The weight of a
// channel, a source channel and tap 0 is at channel · channel_step + source · source_step.
static void pack_weights(convolution *c, const ck_conv2d *s, const float *weight,
                         ptrdiff_t channel_step, ptrdiff_t source_step, int turned) {
  ptrdiff_t taps = s->kernel_height * s->kernel_width, sources = c->frame.channels;
  c->terms = taps * sources;
  int32_t *offsets = (int32_t *)ck_scratch(CK_SCRATCH_OFFSETS, c->terms);
  float *weights = ck_scratch(CK_SCRATCH_WEIGHT, c->channels * c->terms);
  c->offsets = offsets;
  c->weights = weights;
  for (ptrdiff_t tap = 0; tap < taps; tap++) {
    ptrdiff_t seen = turned ? taps - 1 - tap : tap;
    ptrdiff_t place = seen / s->kernel_width * c->frame.pitch + seen % s->kernel_width;
    for (ptrdiff_t source = 0; source < sources; source++)
      *offsets++ = (int32_t)(source * c->frame.plane + place);
  }
  for (ptrdiff_t panel = 0; panel < c->panels; panel++)
    for (ptrdiff_t k = 0; k < c->terms; k++) {
      const float *from = weight + k % sources * source_step + k / sources;
      for (ptrdiff_t i = panel_start(c, panel); i < panel_start(c, panel + 1); i++)
        *weights++ = from[i * channel_step];
    }
}

// The forward pass.
static convolution forward_convolution(const ck_conv2d *s, const float *weight) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  ptrdiff_t taps = s->kernel_height * s->kernel_width;
  convolution c = {.frame = frame_around(s->in_channels, s->height, s->width, s->padding,
                                         s->padding, width)};
  set_result(&c, s->out_channels, height, width);
  pack_weights(&c, s, weight, s->in_channels * taps, taps, 0);
  return c;
}

// The backward pass: of the outputs' gradients, with the kernel turned round.
static convolution backward_convolution(const ck_conv2d *s, const float *weight) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  ptrdiff_t taps = s->kernel_height * s->kernel_width;
  convolution c = {.frame = frame_around(s->out_channels, height, width,
                                         s->kernel_height - 1 - s->padding,
                                         s->kernel_width - 1 - s->padding, s->width)};
  set_result(&c, s->in_channels, s->height, s->width);
  pack_weights(&c, s, weight, taps, s->in_channels * taps, 1);
  return c;
}

// Whether the scheme of vector_pixels.h is faster: it fills its tiles with channels.
static int has_many_channels(const ck_conv2d *s) {
  return s->in_channels >= 16 && s->out_channels >= 16;
}

// Whether the scheme above applies; the other does to all.
static int is_dense(const ck_conv2d *s) {
  ptrdiff_t oh = ck_conv2d_out_height(s), ow = ck_conv2d_out_width(s);
  return s->stride == 1 && oh > 0 && ow > 0 && s->padding < s->kernel_height &&
         s->padding < s->kernel_width && s->in_channels > 0 && s->out_channels > 0;
}

typedef struct dense_call {
  convolution convolution;
  float *out;
  const float *in, *bias;
} dense_call;

// Images first ..< last.
static void dense_images(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const dense_call *call = context;
  const convolution *c = &call->convolution;
  const frame *f = &c->frame;
  float *image = ck_scratch(CK_SCRATCH_INPUT, frame_size(f));
  float *z = ck_scratch(CK_SCRATCH_PLANE, c->channels * c->plane);
  memset(image, 0, (size_t)frame_size(f) * sizeof *image);
  for (ptrdiff_t n = first; n < last; n++) {
    fill_frame(image, f, call->in + n * f->channels * f->height * f->width);
    convolve(z, c, image);
    float *out = call->out + n * c->channels * c->height * c->width;
    for (ptrdiff_t channel = 0; channel < c->channels; channel++)
      for (ptrdiff_t h = 0; h < c->height; h++, out += c->width) {
        const float *row = z + channel * c->plane + h * f->pitch;
        if (!call->bias) {
          memcpy(out, row, (size_t)c->width * sizeof *out);
        } else {
          for (ptrdiff_t w = 0; w < c->width; w++) out[w] = row[w] + call->bias[channel];
        }
      }
  }
}

static void conv2d_forward_op(float *y, const float *x, const float *weight, const float *bias,
                              const ck_conv2d *shape) {
  if (!is_dense(shape) || has_many_channels(shape)) {
    pixel_conv2d_forward(y, x, weight, bias, shape);
    return;
  }
  dense_call call = {.convolution = forward_convolution(shape, weight), .out = y, .in = x,
                     .bias = bias};
  ck_parallel(shape->batch, 4, dense_images, &call);
}

static void conv2d_backward_input_op(float *dx, const float *dy, const float *weight,
                                     const ck_conv2d *shape) {
  if (!is_dense(shape) || has_many_channels(shape)) {
    pixel_conv2d_backward_input(dx, dy, weight, shape);
    return;
  }
  dense_call call = {.convolution = backward_convolution(shape, weight), .out = dx, .in = dy};
  ck_parallel(shape->batch, 4, dense_images, &call);
}
