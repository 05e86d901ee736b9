// Time of LeNet's operations and of a whole training step, at batch 128.
//
//   benchmarks/kernels/run [path] [threads]
//
// Each figure is the fastest of many runs: what the machine can do when nothing disturbs it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ckernels.h"

enum { BATCH = 128, CLASSES = 10 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(ptrdiff_t n) {
  float *x = malloc((size_t)n * sizeof *x);
  ck_uniform(x, 1, (uint64_t)n, 0, -0.1f, 0.1f, n);
  return x;
}

typedef struct block {  // convolution, relu, pooling
  ck_conv2d shape;
  float *x, *dx, *w, *dw, *v, *b, *db, *vb, *y, *dy;
  uint8_t *index;
  ptrdiff_t pooled, weights;
} block;

static block make_block(ptrdiff_t ic, ptrdiff_t size, ptrdiff_t oc, ptrdiff_t padding) {
  block l = {.shape = {BATCH, ic, size, size, oc, 5, 5, 1, padding}};
  ptrdiff_t side = ck_conv2d_out_height(&l.shape) / 2;
  l.pooled = BATCH * oc * side * side;
  l.weights = oc * ic * 25;
  l.w = floats(l.weights), l.dw = floats(l.weights), l.v = floats(l.weights);
  l.b = floats(oc), l.db = floats(oc), l.vb = floats(oc);
  l.y = floats(l.pooled), l.index = malloc((size_t)l.pooled);
  return l;
}

typedef struct layer {  // linear
  ptrdiff_t in, out;
  float *x, *dx, *w, *dw, *v, *b, *db, *vb, *y, *dy;
} layer;

static layer make_layer(ptrdiff_t in, ptrdiff_t out) {
  return (layer){in, out, 0, 0, floats(in * out), floats(in * out), floats(in * out), floats(out),
                 floats(out), floats(out), floats(BATCH * out), 0};
}

static block c1, c2;
static layer f1, f2, f3;
static float *losses, *logit_gradient;
static int32_t labels[BATCH];

static void block_forward(block *l) {
  ck_conv2d_relu_maxpool_forward(l->y, l->index, l->x, l->w, l->b, &l->shape, 2, 2);
}
static void block_backward(block *l) {
  ck_conv2d_relu_maxpool_backward(l->dx, l->dw, l->db, l->dy, l->y, l->index, l->x, l->w, &l->shape,
                                  2, 2);
}
static void layer_forward(layer *l) {
  ck_linear_forward(l->y, l->x, l->w, l->b, BATCH, l->in, l->out);
}
static void layer_backward(layer *l) {
  ck_linear_backward_weight(l->dw, l->db, l->dy, l->x, BATCH, l->in, l->out);
  if (l->dx) ck_linear_backward_input(l->dx, l->dy, l->w, BATCH, l->in, l->out);
}

static void forward(void) {
  block_forward(&c1);
  block_forward(&c2);
  layer_forward(&f1);
  ck_relu_forward(f1.y, f1.y, BATCH * f1.out);
  layer_forward(&f2);
  ck_relu_forward(f2.y, f2.y, BATCH * f2.out);
  layer_forward(&f3);
}
static void loss(void) {
  ck_cross_entropy_rows(losses, logit_gradient, f3.y, labels, 1.0f / BATCH, BATCH, CLASSES);
}
static void backward(void) {
  layer_backward(&f3);
  ck_relu_backward(f3.dx, f3.dx, f2.y, BATCH * f2.out);
  layer_backward(&f2);
  ck_relu_backward(f2.dx, f2.dx, f1.y, BATCH * f1.out);
  layer_backward(&f1);
  block_backward(&c2);
  block_backward(&c1);
}
static void update(void) {
  block *blocks[] = {&c1, &c2};
  for (int i = 0; i < 2; i++) {
    ck_sgd_step(blocks[i]->w, blocks[i]->v, blocks[i]->dw, 1e-6f, 0.9f, 0, 0, blocks[i]->weights);
    ck_sgd_step(blocks[i]->b, blocks[i]->vb, blocks[i]->db, 1e-6f, 0.9f, 0, 0,
                blocks[i]->shape.out_channels);
  }
  layer *layers[] = {&f1, &f2, &f3};
  for (int i = 0; i < 3; i++) {
    ck_sgd_step(layers[i]->w, layers[i]->v, layers[i]->dw, 1e-6f, 0.9f, 0, 0,
                layers[i]->in * layers[i]->out);
    ck_sgd_step(layers[i]->b, layers[i]->vb, layers[i]->db, 1e-6f, 0.9f, 0, 0, layers[i]->out);
  }
}
static void step(void) {
  forward();
  loss();
  backward();
  update();
}

// The same convolutions without relu and pooling.
static float *z1, *z2, *dz2;
static void conv1_forward(void) { ck_conv2d_forward(z1, c1.x, c1.w, c1.b, &c1.shape); }
static void conv2_forward(void) { ck_conv2d_forward(z2, c2.x, c2.w, c2.b, &c2.shape); }
static void conv1_weight(void) { ck_conv2d_backward_weight(c1.dw, c1.db, z1, c1.x, &c1.shape); }
static void conv2_weight(void) { ck_conv2d_backward_weight(c2.dw, c2.db, dz2, c2.x, &c2.shape); }
static void conv2_input(void) { ck_conv2d_backward_input(c2.dx, dz2, c2.w, &c2.shape); }
static void block1_forward(void) { block_forward(&c1); }
static void block2_forward(void) { block_forward(&c2); }
static void block1_backward(void) { block_backward(&c1); }
static void block2_backward(void) { block_backward(&c2); }
static void fc1_forward(void) { layer_forward(&f1); }
static void fc1_backward(void) { layer_backward(&f1); }
static void fc2_forward(void) { layer_forward(&f2); }
static void fc2_backward(void) { layer_backward(&f2); }
static void fc3_forward(void) { layer_forward(&f3); }
static void fc3_backward(void) { layer_backward(&f3); }

static double measure(void (*work)(void)) {
  double best = 1e9, start = now();
  for (int i = 0; i < 10 || now() - start < 0.5; i++) {
    double t = now();
    work();
    t = now() - t;
    if (t < best) best = t;
    if (now() - start > 3) break;
  }
  return best;
}

static void report(const char *name, double mflop, void (*work)(void)) {
  double seconds = measure(work);
  printf("%-24s %9.1f us", name, seconds * 1e6);
  if (mflop > 0) printf(" %8.1f GFLOP/s", mflop * 1e-3 / seconds);
  printf("\n");
}

int main(int count, char **arguments) {
  for (int path = 0; count > 1 && path < CK_PATH_COUNT; path++)
    if (strcmp(arguments[1], ck_path_name(path)) == 0 && ck_select_path(path) != 0) return 2;
  ck_set_threads(count > 2 ? atoi(arguments[2]) : 1);
  printf("%s, %d threads\n", ck_path_name(ck_path()), ck_threads());

  c1 = make_block(1, 28, 6, 2), c2 = make_block(6, 14, 16, 0);
  f1 = make_layer(400, 120), f2 = make_layer(120, 84), f3 = make_layer(84, CLASSES);
  c1.x = floats(BATCH * 784), c2.x = c1.y, f1.x = c2.y, f2.x = f1.y, f3.x = f2.y;
  c2.dx = floats(c1.pooled), f1.dx = floats(c2.pooled);
  f2.dx = floats(BATCH * 120), f3.dx = floats(BATCH * 84);
  c1.dy = c2.dx, c2.dy = f1.dx, f1.dy = f2.dx, f2.dy = f3.dx;
  losses = floats(BATCH), f3.dy = logit_gradient = floats(BATCH * CLASSES);
  for (int i = 0; i < BATCH; i++) labels[i] = i % CLASSES;
  z1 = floats(BATCH * 6 * 784), z2 = floats(BATCH * 1600), dz2 = floats(BATCH * 1600);

  double conv1 = 2e-6 * BATCH * 784 * 6 * 25, conv2 = 2e-6 * BATCH * 100 * 16 * 150;
  double fc1 = 2e-6 * BATCH * 400 * 120, fc2 = 2e-6 * BATCH * 120 * 84, fc3 = 2e-6 * BATCH * 840;
  report("conv1 forward", conv1, conv1_forward);
  report("conv1 backward weight", conv1, conv1_weight);
  report("conv2 forward", conv2, conv2_forward);
  report("conv2 backward input", conv2, conv2_input);
  report("conv2 backward weight", conv2, conv2_weight);
  report("conv1+relu+pool forward", conv1, block1_forward);
  report("conv2+relu+pool forward", conv2, block2_forward);
  report("conv1+relu+pool backward", conv1, block1_backward);
  report("conv2+relu+pool backward", 2 * conv2, block2_backward);
  report("fc1 forward", fc1, fc1_forward);
  report("fc1 backward", 2 * fc1, fc1_backward);
  report("fc2 forward", fc2, fc2_forward);
  report("fc2 backward", 2 * fc2, fc2_backward);
  report("fc3 forward", fc3, fc3_forward);
  report("fc3 backward", 2 * fc3, fc3_backward);
  report("loss and its gradient", 0, loss);
  report("sgd", 0, update);
  report("training step", 2 * conv1 + 3 * (conv2 + fc1 + fc2 + fc3), step);
  return 0;
}
