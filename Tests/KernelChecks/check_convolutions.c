#pragma STDC FP_CONTRACT OFF
#include <stdio.h>

#include "checks.h"

typedef struct net_case {
  ck_conv2d shape;
  ptrdiff_t pool_kernel, pool_stride;
} net_case;

// batch, in channels, height, width, out channels, kernel, stride, padding; pool kernel, stride
static const net_case cases[] = {
    {{3, 1, 28, 28, 6, 5, 5, 1, 2}, 2, 2},    // LeNet
    {{4, 6, 14, 14, 16, 5, 5, 1, 0}, 2, 2},   //
    {{7, 1, 28, 28, 3, 5, 5, 1, 2}, 2, 2},    // more than 4096 positions
    {{0, 2, 5, 5, 3, 3, 3, 1, 1}, 2, 2},      // nothing
    {{2, 3, 2, 2, 4, 3, 3, 1, 0}, 2, 2},      // the kernel does not fit
    {{1, 1, 1, 1, 1, 1, 1, 1, 0}, 1, 1},      //
    {{2, 3, 7, 5, 4, 3, 3, 1, 1}, 2, 2},      //
    {{2, 3, 7, 5, 4, 3, 3, 1, 1}, 3, 2},      // windows overlap
    {{2, 2, 6, 9, 5, 2, 3, 1, 1}, 3, 1},      // an oblong kernel
    {{2, 2, 9, 6, 7, 5, 3, 1, 0}, 2, 3},      // windows with gaps
    {{2, 3, 9, 9, 17, 1, 1, 1, 0}, 2, 2},     //
    {{2, 4, 6, 6, 3, 3, 3, 1, 3}, 2, 2},      // padding as wide as the kernel
    {{2, 4, 6, 6, 3, 2, 2, 1, 3}, 2, 2},      // and wider
    {{2, 5, 11, 10, 9, 3, 3, 2, 1}, 2, 2},    // strides
    {{1, 3, 10, 13, 4, 3, 4, 3, 2}, 2, 2},    //
    {{2, 2, 5, 5, 2, 1, 1, 2, 0}, 2, 2},      // pixels that no tap reaches
    {{2, 40, 6, 6, 33, 3, 3, 1, 1}, 2, 2},    // more than 256 terms
    {{1, 180, 4, 3, 20, 5, 5, 1, 2}, 2, 2},   // more than 4096
    {{1, 20, 4, 3, 180, 5, 5, 1, 2}, 2, 2},   //
    {{2, 9, 12, 20, 11, 3, 9, 1, 4}, 2, 2},   // wider than eight taps
    {{3, 2, 17, 33, 12, 4, 4, 1, 3}, 2, 2},   //
    {{3, 16, 8, 8, 32, 3, 3, 2, 1}, 2, 2},    // many channels: every result by pixels
    {{4, 24, 7, 9, 40, 1, 1, 2, 0}, 2, 2},    //
    {{9, 33, 4, 4, 17, 3, 3, 1, 1}, 2, 2},    //
    {{2, 19, 10, 8, 16, 3, 2, 3, 2}, 2, 2},   //
    {{1, 16, 9, 9, 16, 3, 3, 1, 4}, 2, 2},    //
    {{5, 16, 30, 31, 16, 3, 3, 1, 1}, 2, 2},  // more than 4096 positions
    {{1, 460, 3, 3, 20, 3, 3, 1, 1}, 2, 2},   // more than 4096 terms
    {{1, 16, 3, 3, 460, 3, 3, 1, 1}, 2, 2},   //
    {{2, 3, 21, 18, 20, 7, 7, 2, 3}, 3, 2},   // the first layer of a large net
    {{0, 16, 4, 4, 16, 3, 3, 1, 1}, 2, 2},    //
    {{2, 16, 2, 2, 16, 3, 3, 1, 0}, 2, 2},    //
    {{2, 3, 5, 5, 4, 1, 1, 2, 1}, 2, 2},      // outputs that see nothing but padding
    {{1, 2, 4, 6, 3, 1, 2, 3, 2}, 1, 1},      //
    {{1, 3, 5, 17, 5, 5, 5, 1, 0}, 1, 1},     // rows as wide as tiles
};

static void check_case(kc_lines *lines, const net_case *net) {
  const ck_conv2d *s = &net->shape;
  ptrdiff_t oh = ck_conv2d_out_height(s), ow = ck_conv2d_out_width(s);
  ptrdiff_t in = s->batch * s->in_channels * s->height * s->width;
  ptrdiff_t weights = s->out_channels * s->in_channels * s->kernel_height * s->kernel_width;
  ptrdiff_t out = s->batch * s->out_channels * oh * ow;
  ck_pool2d pool = {s->batch * s->out_channels, oh, ow, net->pool_kernel, net->pool_stride, 0};
  ptrdiff_t pooled = pool.planes * ck_pool2d_out_height(&pool) * ck_pool2d_out_width(&pool);
  char shape[80];
  snprintf(shape, sizeof shape, "%tdx%tdx%tdx%td to %td, %tdx%td stride %td padding %td", s->batch,
           s->in_channels, s->height, s->width, s->out_channels, s->kernel_height, s->kernel_width,
           s->stride, s->padding);

  float *x = kc_numbers(11, in), *w = kc_numbers(12, weights), *b = kc_numbers(13, s->out_channels);
  float *y = kc_floats(out), *dy = kc_numbers(14, out);
  float *dx = kc_floats(in), *dw = kc_floats(weights), *db = kc_floats(s->out_channels);
  ck_conv2d_forward(y, x, w, 0, s);
  kc_add(lines, y, out);
  ck_conv2d_forward(y, x, w, b, s);
  kc_add(lines, y, out);
  kc_end(lines, "conv2d_forward %s", shape);
  ck_conv2d_backward_input(dx, dy, w, s);
  kc_add(lines, dx, in);
  kc_end(lines, "conv2d_backward_input %s", shape);
  ck_conv2d_backward_weight(dw, 0, dy, x, s);
  kc_add(lines, dw, weights);
  ck_conv2d_backward_weight(dw, db, dy, x, s);
  kc_add(lines, dw, weights);
  kc_add(lines, db, s->out_channels);
  kc_end(lines, "conv2d_backward_weight %s", shape);

  float *p = kc_floats(pooled), *dp = kc_numbers(15, pooled);
  uint8_t *index = (uint8_t *)kc_floats(pooled / 4 + 1);
  ck_maxpool2d_forward(p, index, y, &pool);
  kc_add(lines, p, pooled);
  kc_add_bytes(lines, index, pooled);
  kc_end(lines, "maxpool2d_forward %tdx%tdx%td kernel %td stride %td", pool.planes, oh, ow,
         pool.kernel, pool.stride);
  ck_maxpool2d_backward(y, dp, index, &pool);
  kc_add(lines, y, out);
  kc_end(lines, "maxpool2d_backward %tdx%tdx%td kernel %td stride %td", pool.planes, oh, ow,
         pool.kernel, pool.stride);

  for (int with_bias = 0; with_bias < 2; with_bias++) {
    ck_conv2d_relu_maxpool_forward(p, index, x, w, with_bias ? b : 0, s, pool.kernel, pool.stride);
    kc_add(lines, p, pooled);
    kc_add_bytes(lines, index, pooled);
  }
  kc_end(lines, "conv2d_relu_maxpool_forward %s, pool %td stride %td", shape, pool.kernel,
         pool.stride);
  ck_conv2d_relu_maxpool_backward(0, dw, 0, dp, p, index, x, w, s, pool.kernel, pool.stride);
  kc_add(lines, dw, weights);
  ck_conv2d_relu_maxpool_backward(dx, dw, db, dp, p, index, x, w, s, pool.kernel, pool.stride);
  kc_add(lines, dx, in);
  kc_add(lines, dw, weights);
  kc_add(lines, db, s->out_channels);
  kc_end(lines, "conv2d_relu_maxpool_backward %s, pool %td stride %td", shape, pool.kernel,
         pool.stride);
  kc_free(x), kc_free(w), kc_free(b), kc_free(y), kc_free(dy), kc_free(dx), kc_free(dw);
  kc_free(db), kc_free(p), kc_free(dp), kc_free(index);
}

static void check_pool(kc_lines *lines, const ck_pool2d *s) {
  ptrdiff_t in = s->planes * s->height * s->width;
  ptrdiff_t out = s->planes * ck_pool2d_out_height(s) * ck_pool2d_out_width(s);
  float *x = kc_numbers(16, in), *y = kc_floats(out), *dy = kc_numbers(17, out);
  uint8_t *index = (uint8_t *)kc_floats(out / 4 + 1);
  ck_maxpool2d_forward(y, index, x, s);
  kc_add(lines, y, out);
  kc_add_bytes(lines, index, out);
  ck_average_pool2d_forward(y, x, s);
  kc_add(lines, y, out);
  ck_maxpool2d_backward(x, dy, index, s);
  kc_add(lines, x, in);
  ck_average_pool2d_backward(x, dy, s);
  kc_add(lines, x, in);
  kc_end(lines, "pooling %tdx%tdx%td kernel %td stride %td padding %td", s->planes, s->height,
         s->width, s->kernel, s->stride, s->padding);
  kc_free(x), kc_free(y), kc_free(dy), kc_free(index);
}

void kc_check_convolutions(kc_lines *lines) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_case(lines, &cases[i]);
  static const ck_pool2d pools[] = {{0, 4, 4, 2, 2, 0},  {3, 4, 4, 4, 4, 0},   {40, 7, 9, 3, 2, 1},
                                    {2, 5, 5, 3, 1, 1},  {5, 16, 16, 2, 2, 0}, {2, 15, 17, 15, 1, 7},
                                    {1, 2, 2, 3, 2, 1}};
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) check_pool(lines, &pools[i]);
}
