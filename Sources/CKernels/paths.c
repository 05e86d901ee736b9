#pragma STDC FP_CONTRACT OFF
// Which path runs, and the public functions that lead to it.
#include "path.h"
#include "threads.h"

static const char *const path_names[CK_PATH_COUNT] = {"portable", "avx2", "avx512", "neon",
                                                       "emulated"};

const char *ck_path_name(int path) {
  return path >= 0 && path < CK_PATH_COUNT ? path_names[path] : 0;
}

// The path's table, or NULL where this machine cannot run it.
static const ck_path_table *table_of(int path) {
#if defined(__x86_64__)
  int fma = __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx");
  switch (path) {
    case CK_PORTABLE: return fma ? &ck_portable_table : &ck_emulated_table;
    case CK_EMULATED: return &ck_emulated_table;
    case CK_AVX2: return fma && __builtin_cpu_supports("avx2") ? &ck_avx2_table : 0;
    case CK_AVX512:
      return fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
                 ? &ck_avx512_table
                 : 0;
    default: return 0;
  }
#elif defined(__aarch64__)
  switch (path) {
    case CK_PORTABLE: return &ck_portable_table;
    case CK_EMULATED: return &ck_emulated_table;
    case CK_NEON: return &ck_neon_table;
    default: return 0;
  }
#else
  return path == CK_PORTABLE || path == CK_EMULATED ? &ck_emulated_table : 0;
#endif
}

int ck_path_available(int path) { return table_of(path) != 0; }

// Chosen once and read by every call; both words may be replaced by ck_select_path at any time, and
// whichever a call sees is right.
static const ck_path_table *selected_table;
static int selected_path;

static const ck_path_table *table(void) {
  const ck_path_table *selected = __atomic_load_n(&selected_table, __ATOMIC_ACQUIRE);
  if (selected) return selected;
  static const int preferred[] = {CK_AVX512, CK_AVX2, CK_NEON, CK_PORTABLE};
  for (int i = 0; !ck_path_available(preferred[i]) || ck_select_path(preferred[i]) != 0; i++) {}
  return __atomic_load_n(&selected_table, __ATOMIC_ACQUIRE);
}

int ck_select_path(int path) {
  const ck_path_table *found = table_of(path);
  if (!found) return -1;
  __atomic_store_n(&selected_path, path, __ATOMIC_RELEASE);
  __atomic_store_n(&selected_table, found, __ATOMIC_RELEASE);
  return 0;
}

void ck_select_table(const ck_path_table *chosen) {
  __atomic_store_n(&selected_table, chosen, __ATOMIC_RELEASE);
}

int ck_path(void) {
  table();
  return __atomic_load_n(&selected_path, __ATOMIC_ACQUIRE);
}

ptrdiff_t ck_conv2d_out_height(const ck_conv2d *s) {
  ptrdiff_t room = s->height + 2 * s->padding - s->kernel_height;
  return room < 0 ? 0 : room / s->stride + 1;
}

ptrdiff_t ck_conv2d_out_width(const ck_conv2d *s) {
  ptrdiff_t room = s->width + 2 * s->padding - s->kernel_width;
  return room < 0 ? 0 : room / s->stride + 1;
}

ptrdiff_t ck_pool2d_out_height(const ck_pool2d *s) {
  ptrdiff_t room = s->height + 2 * s->padding - s->kernel;
  return room < 0 ? 0 : room / s->stride + 1;
}

ptrdiff_t ck_pool2d_out_width(const ck_pool2d *s) {
  ptrdiff_t room = s->width + 2 * s->padding - s->kernel;
  return room < 0 ? 0 : room / s->stride + 1;
}

#define CK_RETURN_void(call) call
#define CK_RETURN_int(call) int result = call
#define CK_RETURN_float(call) float result = call
#define CK_RESULT_void
#define CK_RESULT_int return result;
#define CK_RESULT_float return result;

#define CK_PUBLIC(result_type, name, parameters, arguments)                                        \
  result_type ck_##name parameters {                                                               \
    unsigned before = ck_enter_arithmetic();                                                       \
    CK_RETURN_##result_type(table()->name arguments);                                              \
    ck_leave_arithmetic(before);                                                                   \
    CK_RESULT_##result_type                                                                        \
  }

CK_OPERATIONS(CK_PUBLIC)
