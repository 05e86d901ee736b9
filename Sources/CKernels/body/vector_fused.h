// Convolution, relu and pooling together, an image at a time: what the convolution yields is pooled
// before it leaves the cache.

#if CK_WIDTH == 4
#define EVENS 0, 2, 4, 6
#define ODDS 1, 3, 5, 7
#elif CK_WIDTH == 8
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15
#else
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#endif
typedef uint8_t v_bytes __attribute__((vector_size(CK_WIDTH)));

INLINE v relu_v(v x) { return choose(x <= (v){0}, (v){0}, x); }

// relu(row + bias), pooled by 2 × 2: W windows, whose rows start at x and x + pitch
INLINE void pool_windows(float *y, uint8_t *index, const float *x, ptrdiff_t pitch, v bias) {
  v top0 = load(x), top1 = load(x + W), low0 = load(x + pitch), low1 = load(x + pitch + W);
  v m = relu_v(__builtin_shufflevector(top0, top1, EVENS) + bias);
  v b = relu_v(__builtin_shufflevector(top0, top1, ODDS) + bias);
  v c = relu_v(__builtin_shufflevector(low0, low1, EVENS) + bias);
  v d = relu_v(__builtin_shufflevector(low0, low1, ODDS) + bias);
  vi place = (b > m) & 1;
  m = choose(b > m, b, m);
  vi higher = c > m;
  place = (place & ~higher) | (higher & 2);
  m = choose(higher, c, m);
  higher = d > m;
  place = (place & ~higher) | (higher & 3);
  m = choose(higher, d, m);
  v_bytes places = __builtin_convertvector(place, v_bytes);
  store(y, m);
  memcpy(index, &places, W);
}

// One plane z, whose rows are `pitch` apart and which may be read W beyond its end.
static void pool_plane_2x2(float *y, uint8_t *index, const float *z, ptrdiff_t pitch,
                           ptrdiff_t height, ptrdiff_t width, float bias) {
  v biases = splat(bias);
  float values[W];
  uint8_t places[W];
  for (ptrdiff_t h = 0; h < height; h++, z += 2 * pitch, y += width, index += width) {
    ptrdiff_t w = 0;
    for (; w + W <= width; w += W) pool_windows(y + w, index + w, z + 2 * w, pitch, biases);
    if (w == width) continue;
    pool_windows(values, places, z + 2 * w, pitch, biases);
    memcpy(y + w, values, (size_t)(width - w) * sizeof *y);
    memcpy(index + w, places, (size_t)(width - w));
  }
}

typedef struct fused_call {
  convolution convolution;
  ck_pool2d pool;
  float *y;
  uint8_t *index;
  const float *x, *bias;
} fused_call;

// Images first ..< last.
static void fused_images(const void *context, ptrdiff_t first, ptrdiff_t last) {
  const fused_call *call = context;
  const convolution *c = &call->convolution;
  const frame *f = &c->frame;
  ptrdiff_t height = ck_pool2d_out_height(&call->pool), width = ck_pool2d_out_width(&call->pool);
  float *image = ck_scratch(CK_SCRATCH_INPUT, frame_size(f));
  float *z = ck_scratch(CK_SCRATCH_PLANE, c->channels * c->plane + 2 * COLUMNS);
  memset(image, 0, (size_t)frame_size(f) * sizeof *image);
  memset(z + c->channels * c->plane, 0, 2 * COLUMNS * sizeof *z);
  for (ptrdiff_t n = first; n < last; n++) {
    fill_frame(image, f, call->x + n * f->channels * f->height * f->width);
    convolve(z, c, image);
    for (ptrdiff_t channel = 0; channel < c->channels; channel++) {
      float bias = call->bias ? call->bias[channel] : 0.0f;  // + 0 changes no sum: none is -0
      ptrdiff_t out = (n * c->channels + channel) * height * width;
      float *plane = z + channel * c->plane;
      if (call->pool.kernel == 2 && call->pool.stride == 2) {
        pool_plane_2x2(call->y + out, call->index + out, plane, f->pitch, height, width, bias);
        continue;
      }
      for (ptrdiff_t i = 0; i < c->height * f->pitch; i++)
        plane[i] = relu1(plane[i] + bias);
      maxpool2d_plane(call->y + out, call->index + out, plane, f->pitch, height, width,
                      call->pool.kernel, call->pool.stride);
    }
  }
}

static void conv2d_relu_maxpool_forward_op(float *y, uint8_t *index, const float *x,
                                           const float *weight, const float *bias,
                                           const ck_conv2d *shape, ptrdiff_t pool_kernel,
                                           ptrdiff_t pool_stride) {
  if (!is_dense(shape)) {
    fused_forward_by_parts(y, index, x, weight, bias, shape, pool_kernel, pool_stride);
    return;
  }
  fused_call call = {.convolution = forward_convolution(shape, weight),
                     .pool = pool_of(shape, pool_kernel, pool_stride),
                     .y = y,
                     .index = index,
                     .x = x,
                     .bias = bias};
  ck_parallel(shape->batch, 4, fused_images, &call);
}
