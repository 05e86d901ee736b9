// Work on several threads, and the memory that a thread works in.
#ifndef CK_THREADS_H
#define CK_THREADS_H

#include <stddef.h>

/// Does the items first ..< last of a call's work. Which thread gets which items is left to chance,
/// so an item's outputs may depend on nothing but the item.
typedef void (*ck_work)(const void *call, ptrdiff_t first, ptrdiff_t last);

/// Does items 0 ..< count, at most `chunk` at a time (chunk >= 1), on all threads; returns when all
/// are done. Work that calls it in turn does those items alone.
void ck_parallel(ptrdiff_t count, ptrdiff_t chunk, ck_work work, const void *call);

/// Puts the calling thread's arithmetic into the standard's mode: round to nearest even, subnormals
/// kept, nothing trapped. Returns what to hand to ck_leave_arithmetic afterwards.
unsigned ck_enter_arithmetic(void);
void ck_leave_arithmetic(unsigned before);

/// What a thread's scratch memory is used for: two uses at a time need two names.
enum {
  CK_SCRATCH_ROWS,
  CK_SCRATCH_SUMS,
  CK_SCRATCH_INPUT,
  CK_SCRATCH_WEIGHT,
  CK_SCRATCH_PLANE,
  CK_SCRATCH_GRADIENT,
  CK_SCRATCH_OFFSETS,
  CK_SCRATCH_PARTIAL,
  CK_SCRATCH_EVENTS,
  CK_SCRATCH_USES
};

/// The calling thread's memory of that use: `count` floats of any value, aligned to 64 bytes, until
/// the thread asks for it again. It is kept between calls, since fresh pages are slow.
float *ck_scratch(int use, ptrdiff_t count);

#endif
