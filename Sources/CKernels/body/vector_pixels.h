// Convolutions of many channels as products of pixels and weights: a tile is six output pixels, any
// six of the batch, by two vectors of output channels. Images are copied into frames of zeros with
// the channels last, so that what a pixel sees of one kernel row is a run of memory.
//
// The forward pass is one such product. The input gradient is one for each of the stride² classes of
// pixels that the same taps reach, over frames of the output's gradient.

// One class of outputs: what its pixels see, and where they are.
typedef struct run {  // consecutive k whose operands lie side by side in the frame
  int32_t offset, count;
} run;

enum { FRAME_FLOATS = 2 << 20, PIXEL_CHUNK = 16 * ROWS };

typedef struct pixel_frame {
  ptrdiff_t channels, height, width;       // of the images
  ptrdiff_t top, left, rows, pitch, size;  // zeros before them; of a frame, size in floats
} pixel_frame;

static pixel_frame frame_of(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t top,
                            ptrdiff_t left, ptrdiff_t bottom, ptrdiff_t right) {
  ptrdiff_t rows = top + height + bottom, pitch = left + width + right;
  return (pixel_frame){channels, height, width, top, left, rows, pitch, rows * pitch * channels};
}

typedef struct pixel_call {
  pixel_frame frame;
  const float *in;  // the images of this round, and their frames
  float *frames;
  float *out;  // the results of this round: planes of `plane` floats, `channels` an image
  ptrdiff_t images, channels, plane;
  ptrdiff_t pixels;             // of the class, in an image
  const int32_t *seen, *place;  // of each pixel: its first tap in the frame, itself in its plane
  const run *runs;              // cut where blocks of the contraction end
  ptrdiff_t run_count, terms;
  const float *weights, *bias;  // [panel][k][COLUMNS]
  int is_whole;                 // place[i] = i
} pixel_call;

// MARK: Frames

// Images first ..< last of the round: channels last. The zeros around them are there already.
static void fill_pixel_frames(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pixel_call *call = context;
  const pixel_frame *f = &call->frame;
  ptrdiff_t plane = f->height * f->width;
  for (ptrdiff_t n = first; n < last; n++) {
    const float *image = call->in + n * f->channels * plane;
    float *frame = call->frames + n * f->size + (f->top * f->pitch + f->left) * f->channels;
    for (ptrdiff_t c = 0; c < f->channels; c += 8) {
      ptrdiff_t lanes = f->channels - c < 8 ? f->channels - c : 8;
      const float *from = image + c * plane;
      for (ptrdiff_t h = 0; h < f->height; h++) {
        float *to = frame + h * f->pitch * f->channels + c;
        ptrdiff_t w = 0;
        if (lanes == 8)
          for (; w + 8 <= f->width; w += 8)
            transpose_8(to + w * f->channels, f->channels, from + h * f->width + w, plane);
        for (; w < f->width; w++)
          for (ptrdiff_t lane = 0; lane < lanes; lane++)
            to[w * f->channels + lane] = from[lane * plane + h * f->width + w];
      }
    }
  }
}

// MARK: Weights

// panel[row of j][lane] = from[lane · step + j] for j in 0 ..< n, where the row is not negative
static void turn_weights(float *panel, const float *from, ptrdiff_t step, ptrdiff_t lanes,
                         ptrdiff_t n, const int32_t *rows) {
  ptrdiff_t j = 0;
  if (lanes == 8)
    for (; j + 8 <= n; j += 8) {
      float turned[64];
      transpose_8(turned, 8, from + j, step);
      for (int i = 0; i < 8; i++)
        if (rows[j + i] >= 0) store_8(panel + rows[j + i] * COLUMNS, load_8(turned + 8 * i));
    }
  for (; j < n; j++)
    for (ptrdiff_t lane = 0; rows[j] >= 0 && lane < lanes; lane++)
      panel[rows[j] * COLUMNS + lane] = from[lane * step + j];
}

typedef struct turn_call {
  float *panels;
  const float *weight;
  const int32_t *rows;              // of one source channel's taps, or of all sources' taps
  ptrdiff_t channels, terms;        // of the result; k
  ptrdiff_t lane_step;              // between the weights of two channels of the result
  ptrdiff_t sources, source_step, taps, source_row;  // groups of `taps` weights side by side
} turn_call;

// Panels first ..< last.
static void turn_panels(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const turn_call *call = context;
  for (ptrdiff_t p = first; p < last; p++) {
    float *panel = call->panels + p * call->terms * COLUMNS;
    memset(panel, 0, (size_t)(call->terms * COLUMNS) * sizeof *panel);
    for (ptrdiff_t lane = 0; lane < COLUMNS; lane += 8) {
      ptrdiff_t c = p * COLUMNS + lane, left = call->channels - c;
      for (ptrdiff_t s = 0; left > 0 && s < call->sources; s++)
        turn_weights(panel + s * call->source_row * COLUMNS + lane,
                     call->weight + c * call->lane_step + s * call->source_step, call->lane_step,
                     left < 8 ? left : 8, call->taps, call->rows);
    }
  }
}

// MARK: Tiles

// p of a tile: pixel r sees u[r] + the runs' offsets
INLINE void pixel_block(v sum[ROWS][2], const float *const *u, const run *runs, ptrdiff_t count,
                        const float *weights) {
  UNROLL
  for (int r = 0; r < ROWS; r++) sum[r][0] = sum[r][1] = (v){0};
  for (ptrdiff_t i = 0; i < count; i++) {
    const float *x[ROWS];
    UNROLL
    for (int r = 0; r < ROWS; r++) x[r] = u[r] + runs[i].offset;
    for (ptrdiff_t k = 0; k < runs[i].count; k++, weights += COLUMNS) {
      v w0 = load(weights), w1 = load(weights + W);
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        v factor = splat(x[r][k]);
        sum[r][0] = fma_v(factor, w0, sum[r][0]);
        sum[r][1] = fma_v(factor, w1, sum[r][1]);
      }
    }
  }
}

// z[r][COLUMNS] of six pixels and one panel
static void pixel_tile(float *z, const pixel_call *call, const float *const *u,
                       const float *weights) {
  v t[ROWS][2], s[ROWS][2], p[ROWS][2];
  for (int r = 0; r < ROWS; r++) t[r][0] = t[r][1] = s[r][0] = s[r][1] = (v){0};
  ptrdiff_t blocks = 0;
  for (ptrdiff_t i = 0; i < call->run_count;) {
    ptrdiff_t end = i, terms = 0;
    while (end < call->run_count && terms < BLOCK_TERMS) terms += call->runs[end++].count;
    pixel_block(p, u, call->runs + i, end - i, weights);
    for (int r = 0; r < ROWS; r++)
      for (int c = 0; c < 2; c++) s[r][c] += p[r][c];
    weights += terms * COLUMNS;
    i = end;
    if (++blocks % SEGMENT_BLOCKS > 0 && i < call->run_count) continue;
    for (int r = 0; r < ROWS; r++)
      for (int c = 0; c < 2; c++) {
        t[r][c] += s[r][c];
        s[r][c] = (v){0};
      }
  }
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < 2; c++) store(z + r * COLUMNS + c * W, t[r][c]);
}

// A chunk's results of one panel, z [pixel][COLUMNS], to their planes.
static void spread_pixels(const pixel_call *call, const float *z, ptrdiff_t first, ptrdiff_t last,
                          ptrdiff_t panel) {
  ptrdiff_t channel = panel * COLUMNS, left = call->channels - channel;
  ptrdiff_t lanes = left < COLUMNS ? left : COLUMNS;
  for (ptrdiff_t i = first; i < last;) {
    ptrdiff_t n = i / call->pixels, pixel = i % call->pixels;
    ptrdiff_t now = call->pixels - pixel < last - i ? call->pixels - pixel : last - i;
    float *out = call->out + (n * call->channels + channel) * call->plane;
    for (ptrdiff_t j = 0; j < now;) {
      const float *from = z + (i - first + j) * COLUMNS;
      if (call->is_whole && lanes % 8 == 0 && j + 8 <= now) {
        for (ptrdiff_t lane = 0; lane < lanes; lane += 8)
          transpose_8(out + lane * call->plane + pixel + j, call->plane, from + lane, COLUMNS);
        j += 8;
      } else {
        ptrdiff_t place = call->place[pixel + j++];
        for (ptrdiff_t lane = 0; lane < lanes; lane++) out[lane * call->plane + place] = from[lane];
      }
    }
    i += now;
  }
}

// Chunks first ..< last of the round's pixels.
static void pixel_chunks(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const pixel_call *call = context;
  float *z = ck_scratch(CK_SCRATCH_PLANE, PIXEL_CHUNK * COLUMNS);
  ptrdiff_t total = call->images * call->pixels;
  for (ptrdiff_t chunk = first; chunk < last; chunk++) {
    ptrdiff_t begin = chunk * PIXEL_CHUNK;
    ptrdiff_t end = begin + PIXEL_CHUNK < total ? begin + PIXEL_CHUNK : total;
    const float *u[PIXEL_CHUNK];
    for (ptrdiff_t i = 0; i < PIXEL_CHUNK; i++) {
      ptrdiff_t pixel = begin + i < end ? begin + i : end - 1;
      u[i] = call->frames + pixel / call->pixels * call->frame.size +
             call->seen[pixel % call->pixels];
    }
    for (ptrdiff_t panel = 0; panel * COLUMNS < call->channels; panel++) {
      const float *weights = call->weights + panel * call->terms * COLUMNS;
      for (ptrdiff_t i = 0; i < end - begin; i += ROWS)
        pixel_tile(z + i * COLUMNS, call, u + i, weights);
      if (call->bias) {
        ptrdiff_t left = call->channels - panel * COLUMNS;
        for (ptrdiff_t i = 0; i < end - begin; i++)
          for (ptrdiff_t c = 0; c < COLUMNS && c < left; c++)
            z[i * COLUMNS + c] += call->bias[panel * COLUMNS + c];
      }
      spread_pixels(call, z, begin, end, panel);
    }
  }
}

// Appends k operands from `offset` on to the runs; a run ends where its block does.
static void add_run(run *runs, pixel_call *call, ptrdiff_t offset, ptrdiff_t count) {
  while (count > 0) {
    ptrdiff_t room = BLOCK_TERMS - call->terms % BLOCK_TERMS, now = count < room ? count : room;
    run *last = runs + call->run_count - 1;
    if (room < BLOCK_TERMS && last->offset + last->count == offset)
      last->count += (int32_t)now;
    else
      runs[call->run_count++] = (run){(int32_t)offset, (int32_t)now};
    call->terms += now;
    offset += now;
    count -= now;
  }
}

// How many images' frames are made at a time.
static ptrdiff_t images_a_round(const pixel_frame *f, ptrdiff_t batch) {
  ptrdiff_t images = FRAME_FLOATS / (f->size + 1);
  images = images < 2 * ck_threads() ? 2 * ck_threads() : images;
  return images < batch ? images : batch;
}

typedef struct pixel_class {  // of results, by which taps reach them
  run *runs;
  int32_t *seen, *place;
  float *weights;
  pixel_call call;
} pixel_class;

// All classes' outputs, round by round.
static void run_pixels(pixel_class *classes, ptrdiff_t count, const pixel_frame *f, float *out,
                       ptrdiff_t out_image, const float *in, ptrdiff_t batch) {
  ptrdiff_t round = images_a_round(f, batch), in_image = f->channels * f->height * f->width;
  float *frames = ck_scratch(CK_SCRATCH_INPUT, round * f->size + COLUMNS);
  memset(frames, 0, (size_t)(round * f->size + COLUMNS) * sizeof *frames);
  for (ptrdiff_t first = 0; first < batch; first += round) {
    pixel_call fill = {.frame = *f, .in = in + first * in_image, .frames = frames};
    fill.images = batch - first < round ? batch - first : round;
    ck_parallel(fill.images, 1, fill_pixel_frames, &fill);
    for (ptrdiff_t i = 0; i < count; i++) {
      pixel_call call = classes[i].call;
      call.frame = *f;
      call.frames = frames;
      call.images = fill.images;
      call.out = out + first * out_image;
      ptrdiff_t chunks = (call.images * call.pixels + PIXEL_CHUNK - 1) / PIXEL_CHUNK;
      ck_parallel(chunks, 1, pixel_chunks, &call);
    }
  }
}

// MARK: The forward pass

static void pixel_conv2d_forward(float *y, const float *x, const float *weight, const float *bias,
                                 const ck_conv2d *s) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s);
  ptrdiff_t taps = s->kernel_height * s->kernel_width, pixels = height * width;
  if (s->batch * pixels * s->out_channels == 0) return;
  pixel_frame f = frame_of(s->in_channels, s->height, s->width, s->padding, s->padding, s->padding,
                           s->padding);
  int32_t *memory = (int32_t *)ck_scratch(
      CK_SCRATCH_OFFSETS, 2 * pixels + 3 * taps * s->in_channels + 2 * s->kernel_height);
  int32_t *seen = memory, *place = seen + pixels, *rows = place + pixels;
  run *runs = (run *)(rows + taps * s->in_channels);
  pixel_call call = {.channels = s->out_channels, .plane = pixels, .pixels = pixels, .seen = seen,
                     .place = place, .runs = runs, .bias = bias, .is_whole = 1};
  for (ptrdiff_t i = 0; i < pixels; i++) {
    place[i] = (int32_t)i;
    seen[i] = (int32_t)((i / width * f.pitch + i % width) * s->stride * s->in_channels);
  }
  for (ptrdiff_t kh = 0; kh < s->kernel_height; kh++)
    add_run(runs, &call, kh * f.pitch * s->in_channels, s->kernel_width * s->in_channels);
  for (ptrdiff_t j = 0; j < taps * s->in_channels; j++)
    rows[j] = (int32_t)(j % taps * s->in_channels + j / taps);
  ptrdiff_t panels = (s->out_channels + COLUMNS - 1) / COLUMNS;
  float *packed = ck_scratch(CK_SCRATCH_WEIGHT, panels * call.terms * COLUMNS);
  turn_call turn = {.panels = packed, .weight = weight, .rows = rows, .channels = s->out_channels,
                    .terms = call.terms, .lane_step = taps * s->in_channels, .sources = 1,
                    .taps = taps * s->in_channels};
  ck_parallel(panels, 1, turn_panels, &turn);
  call.weights = packed;
  pixel_class all = {.call = call};
  run_pixels(&all, 1, &f, y, s->out_channels * pixels, x, s->batch);
}

// MARK: The input gradient

// How many of `size` places from -padding on, `stride` apart from `class`, lie in the image.
static ptrdiff_t class_size(ptrdiff_t class, ptrdiff_t size, const ck_conv2d *s, ptrdiff_t *first) {
  *first = class >= s->padding ? 0 : (s->padding - class + s->stride - 1) / s->stride;
  ptrdiff_t most = size - 1 + s->padding - class;
  return most < 0 || most / s->stride < *first ? 0 : most / s->stride - *first + 1;
}

// The pixels (h, w) with (h + padding) mod stride = row, likewise for columns: the taps
// row + i · stride reach them, from the output q - i with q = (h + padding - row) / stride.
static void input_class(pixel_class *class, const ck_conv2d *s, const pixel_frame *f,
                        const float *weight, ptrdiff_t row, ptrdiff_t column) {
  ptrdiff_t q_row, q_column, channels = s->out_channels;
  ptrdiff_t height = class_size(row, s->height, s, &q_row);
  ptrdiff_t width = class_size(column, s->width, s, &q_column);
  pixel_call call = {.channels = s->in_channels, .plane = s->height * s->width,
                     .pixels = height * width, .seen = class->seen, .place = class->place,
                     .runs = class->runs, .is_whole = s->stride == 1};
  for (ptrdiff_t i = 0; i < call.pixels; i++) {
    ptrdiff_t q = q_row + i / width, r = q_column + i % width;
    ptrdiff_t h = row + q * s->stride - s->padding, w = column + r * s->stride - s->padding;
    class->place[i] = (int32_t)(h * s->width + w);
    class->seen[i] = (int32_t)(((f->top + q) * f->pitch + f->left + r) * channels);
  }
  ptrdiff_t taps = s->kernel_height * s->kernel_width;
  int32_t *rows = (int32_t *)ck_scratch(CK_SCRATCH_EVENTS, taps);
  for (ptrdiff_t tap = 0; tap < taps; tap++) rows[tap] = -1;
  for (ptrdiff_t kh = row, i = 0; kh < s->kernel_height; kh += s->stride, i++)
    for (ptrdiff_t kw = column, j = 0; kw < s->kernel_width; kw += s->stride, j++) {
      rows[kh * s->kernel_width + kw] = (int32_t)call.terms;
      add_run(class->runs, &call, -(i * f->pitch + j) * channels, channels);
    }
  turn_call turn = {.panels = class->weights, .weight = weight, .rows = rows,
                    .channels = s->in_channels, .terms = call.terms, .lane_step = taps,
                    .sources = channels, .source_step = s->in_channels * taps, .taps = taps,
                    .source_row = 1};
  ck_parallel((s->in_channels + COLUMNS - 1) / COLUMNS, 1, turn_panels, &turn);
  call.weights = class->weights;
  class->call = call;
}

static void pixel_conv2d_backward_input(float *dx, const float *dy, const float *weight,
                                        const ck_conv2d *s) {
  ptrdiff_t height = ck_conv2d_out_height(s), width = ck_conv2d_out_width(s), stride = s->stride;
  ptrdiff_t taps = s->kernel_height * s->kernel_width, pixels = s->height * s->width;
  if (s->batch * pixels * s->in_channels == 0) return;
  ptrdiff_t bottom = (s->height - 1 + s->padding) / stride - (height - 1);
  ptrdiff_t right = (s->width - 1 + s->padding) / stride - (width - 1);
  pixel_frame f = frame_of(s->out_channels, height, width, (s->kernel_height - 1) / stride,
                           (s->kernel_width - 1) / stride, bottom > 0 ? bottom : 0,
                           right > 0 ? right : 0);
  ptrdiff_t panels = (s->in_channels + COLUMNS - 1) / COLUMNS;
  ptrdiff_t terms = taps * s->out_channels, most_runs = taps + terms / BLOCK_TERMS + 1;
  int32_t *memory = (int32_t *)ck_scratch(
      CK_SCRATCH_OFFSETS, 2 * pixels + 2 * stride * stride * most_runs);
  float *packed = ck_scratch(CK_SCRATCH_WEIGHT, panels * terms * COLUMNS);
  pixel_class *classes = (pixel_class *)ck_scratch(
      CK_SCRATCH_SUMS, stride * stride * (ptrdiff_t)(sizeof *classes / sizeof(float)));
  run *runs = (run *)(memory + 2 * pixels);
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < stride * stride; i++) {
    pixel_class *class = &classes[count];
    *class = (pixel_class){.runs = runs + i * most_runs, .seen = memory, .place = memory + pixels,
                           .weights = packed};
    input_class(class, s, &f, weight, i / stride, i % stride);
    memory += class->call.pixels;
    packed += panels * class->call.terms * COLUMNS;
    count += class->call.pixels > 0;
  }
  run_pixels(classes, count, &f, dx, s->in_channels * pixels, dy, s->batch);
}
