#pragma STDC FP_CONTRACT OFF
// Memory that threads work in.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "threads.h"

// Under the address sanitizer, what a use did not ask for is out of bounds.
#if defined(__SANITIZE_ADDRESS__)
#define CK_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CK_ADDRESS_SANITIZER
#endif
#endif
#ifdef CK_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

typedef struct memory {
  float *floats;
  ptrdiff_t count;
} memory;

static _Thread_local memory *mine;
static pthread_key_t key;  // holds `mine` too, to have it freed when the thread ends
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_memory(void *pointer) {
  memory *uses = pointer;
  for (int use = 0; use < CK_SCRATCH_USES; use++) free(uses[use].floats);
  free(uses);
}

static void make_key(void) {
  if (pthread_key_create(&key, free_memory) != 0) abort();
}

static void *checked(void *pointer, size_t bytes) {
  if (pointer) return pointer;
  fprintf(stderr, "kernels: no memory for %zu bytes of scratch\n", bytes);
  abort();
}

float *ck_scratch(int use, ptrdiff_t count) {
  if (!mine) {
    pthread_once(&once, make_key);
    mine = checked(calloc(CK_SCRATCH_USES, sizeof *mine), CK_SCRATCH_USES * sizeof *mine);
    pthread_setspecific(key, mine);
  }
  memory *wanted = &mine[use];
  if (!wanted->floats || wanted->count < count) {
    size_t bytes = ((size_t)count * sizeof(float) + 64) / 64 * 64;
    free(wanted->floats);
    wanted->floats = checked(aligned_alloc(64, bytes), bytes);
    wanted->count = count;
  }
  ASAN_UNPOISON_MEMORY_REGION(wanted->floats, (size_t)count * sizeof(float));
  ASAN_POISON_MEMORY_REGION(wanted->floats + count, (size_t)(wanted->count - count) * sizeof(float));
  return wanted->floats;
}
