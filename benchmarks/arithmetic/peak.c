// The fma peak of this machine: chains of multiply-adds that never leave the registers, on as many
// threads as asked for. Prints billions of operations a second (a multiply-add is two).
//
//   cc -O2 -march=native peak.c -pthread -o peak && ./peak THREADS
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif
enum { CHAINS = 12, ROUNDS = 20000000 };
typedef float vector __attribute__((vector_size(4 * LANES)));

// The compiler contracts a * b + c here: only the speed matters.
static void *chains(void *sink) {
  vector a[CHAINS], u = {0}, v = {0};
  for (int i = 0; i < LANES; i++) u[i] = 0.999f, v[i] = 1e-3f;
  for (int k = 0; k < CHAINS; k++) a[k] = v * (float)k;
  for (int round = 0; round < ROUNDS; round++) {
    for (int k = 0; k < CHAINS; k++) a[k] = a[k] * u + v;
    __asm__ volatile("" : "+x"(u));
  }
  for (int k = 1; k < CHAINS; k++) a[0] += a[k];
  *(vector *)sink = a[0];
  return NULL;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > 64) return 2;
  static vector sinks[64];
  pthread_t ids[64];
  double best = 0;
  for (int trial = 0; trial < 5; trial++) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int t = 0; t < threads; t++) pthread_create(&ids[t], NULL, chains, &sinks[t]);
    for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
    double rate = 2.0 * LANES * CHAINS * ROUNDS * threads / seconds / 1e9;
    if (rate > best) best = rate;
  }
  printf("%.0f\n", best);
  return 0;
}
