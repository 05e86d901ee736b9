#include "cxxhash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t cxx_xxh3_64(const void *bytes, size_t size) { return XXH3_64bits(bytes, size); }

static cxx_digest128 from_xxh(XXH128_hash_t h) {
  cxx_digest128 out = {h.high64, h.low64};
  return out;
}

cxx_digest128 cxx_xxh3_128(const void *bytes, size_t size) {
  return from_xxh(XXH3_128bits(bytes, size));
}

cxx_state *cxx_state_create(void) {
  XXH3_state_t *state = XXH3_createState();
  if (state) XXH3_128bits_reset(state);
  return (cxx_state *)state;
}
void cxx_state_free(cxx_state *state) { XXH3_freeState((XXH3_state_t *)state); }
void cxx_state_update(cxx_state *state, const void *bytes, size_t size) {
  XXH3_128bits_update((XXH3_state_t *)state, bytes, size);
}
cxx_digest128 cxx_state_digest128(const cxx_state *state) {
  return from_xxh(XXH3_128bits_digest((const XXH3_state_t *)state));
}
