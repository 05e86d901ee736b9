// xxHash, compiled in from libxxhash-dev's header: no run-time dependency, and faster than the shared library.
#ifndef CXXHASH_H
#define CXXHASH_H
#include <stddef.h>
#include <stdint.h>

typedef struct { uint64_t high, low; } cxx_digest128;
typedef struct cxx_state cxx_state;

// XXH3-64 and XXH3-128 of `size` bytes, seed 0.
uint64_t cxx_xxh3_64(const void *bytes, size_t size);
cxx_digest128 cxx_xxh3_128(const void *bytes, size_t size);

// The same, streamed. `cxx_state_create` returns NULL when memory is out.
cxx_state *cxx_state_create(void);
void cxx_state_free(cxx_state *state);
void cxx_state_update(cxx_state *state, const void *bytes, size_t size);
cxx_digest128 cxx_state_digest128(const cxx_state *state);
#endif
