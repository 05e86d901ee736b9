#pragma STDC FP_CONTRACT OFF
// A pool of worker threads that one call at a time uses. A worker that wakes too late for a call
// misses it: nobody waits for a thread that has not started on the work.
#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "ckernels.h"

enum { MOST_THREADS = 64 };

// How often a thread looks for work, or for its end, before it sleeps: some 20 µs.
enum { SPINS = 2000 };

static struct {
  atomic_int threads;       // what the user asked for
  atomic_flag busy;         // a call is using the pool; its thread alone starts workers
  int workers;              // started so far
  pthread_mutex_t mutex;    // guards the job and `inside`, and with the conditions the sleepers
  pthread_cond_t opened;    // workers sleep here until there is a job
  pthread_cond_t finished;  // the caller sleeps here until the last worker leaves
  atomic_uint jobs;         // jobs opened so far
  atomic_int inside;        // workers at work on the job
  int open, sleepers, caller_sleeps;
  ck_work work;
  const void *call;
  ptrdiff_t count, chunk;
  atomic_ptrdiff_t next;  // the first item that nobody has taken
} pool = {.threads = 1,
          .busy = ATOMIC_FLAG_INIT,
          .mutex = PTHREAD_MUTEX_INITIALIZER,
          .opened = PTHREAD_COND_INITIALIZER,
          .finished = PTHREAD_COND_INITIALIZER};

void ck_set_threads(int count) {
  pool.threads = count < 1 ? 1 : count > MOST_THREADS ? MOST_THREADS : count;
}

int ck_threads(void) { return pool.threads; }

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");  // yield is no pause on most cores; this is about as long as x86's
#endif
}

static void take_items(void) {
  for (;;) {
    ptrdiff_t first = atomic_fetch_add(&pool.next, pool.chunk);
    if (first >= pool.count) return;
    ptrdiff_t left = pool.count - first;
    pool.work(pool.call, first, first + (left < pool.chunk ? left : pool.chunk));
  }
}

static void *worker(void *argument) {
  int number = (int)(ptrdiff_t)argument;  // 1, 2, ...: the caller is thread 0
  ck_enter_arithmetic();
  for (unsigned seen = 0;;) {
    for (int i = 0; i < SPINS && atomic_load(&pool.jobs) == seen; i++) pause_briefly();
    pthread_mutex_lock(&pool.mutex);
    pool.sleepers++;
    while (atomic_load(&pool.jobs) == seen) pthread_cond_wait(&pool.opened, &pool.mutex);
    pool.sleepers--;
    seen = atomic_load(&pool.jobs);
    int joins = pool.open && number < atomic_load(&pool.threads);
    if (joins) atomic_fetch_add(&pool.inside, 1);
    pthread_mutex_unlock(&pool.mutex);
    if (!joins) continue;
    take_items();
    pthread_mutex_lock(&pool.mutex);
    if (atomic_fetch_sub(&pool.inside, 1) == 1 && pool.caller_sleeps)
      pthread_cond_signal(&pool.finished);
    pthread_mutex_unlock(&pool.mutex);
  }
  return 0;
}

// Workers take no signals: those are the business of the threads that were there before.
static void start_workers(int count) {
  if (pool.workers >= count) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (pool.workers < count) {
    pthread_t thread;
    if (pthread_create(&thread, 0, worker, (void *)(ptrdiff_t)(pool.workers + 1)) != 0) break;
    pthread_detach(thread);
    pool.workers++;
  }
  pthread_sigmask(SIG_SETMASK, &before, 0);
}

void ck_parallel(ptrdiff_t count, ptrdiff_t chunk, ck_work work, const void *call) {
  if (count <= 0) return;
  int threads = pool.threads;
  if (threads == 1 || count <= chunk || atomic_flag_test_and_set(&pool.busy)) {
    work(call, 0, count);
    return;
  }
  start_workers(threads - 1);

  pthread_mutex_lock(&pool.mutex);
  pool.work = work;
  pool.call = call;
  pool.count = count;
  pool.chunk = chunk;
  pool.next = 0;
  pool.open = 1;
  atomic_fetch_add(&pool.jobs, 1);
  if (pool.sleepers > 0) pthread_cond_broadcast(&pool.opened);
  pthread_mutex_unlock(&pool.mutex);

  take_items();

  for (int i = 0; i < SPINS && atomic_load(&pool.inside) > 0; i++) pause_briefly();
  pthread_mutex_lock(&pool.mutex);
  pool.open = 0;
  pool.caller_sleeps = 1;
  while (atomic_load(&pool.inside) > 0) pthread_cond_wait(&pool.finished, &pool.mutex);
  pool.caller_sleeps = 0;
  pthread_mutex_unlock(&pool.mutex);
  atomic_flag_clear(&pool.busy);
}

#if defined(__x86_64__)
enum { ARITHMETIC_MODE = 0x1f80, RAISED_FLAGS = 0x3f };
#endif

unsigned ck_enter_arithmetic(void) {
#if defined(__x86_64__)
  unsigned before = __builtin_ia32_stmxcsr();
  if ((before & ~RAISED_FLAGS) != ARITHMETIC_MODE) __builtin_ia32_ldmxcsr(ARITHMETIC_MODE);
  return before;
#elif defined(__aarch64__)
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  if (before != 0) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
  return (unsigned)before;
#else
  return 0;
#endif
}

void ck_leave_arithmetic(unsigned before) {
#if defined(__x86_64__)
  if ((before & ~RAISED_FLAGS) != ARITHMETIC_MODE) __builtin_ia32_ldmxcsr(before);
#elif defined(__aarch64__)
  if (before != 0) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)before) : "memory");
#else
  (void)before;
#endif
}
