// Makes one system call fail, or kills the process at it; loaded before the C library (LD_PRELOAD).
//
// Counted are the calls that change files, make them durable or open them, on paths below FAULT_ROOT.
// The call of number FAULT_NUMBER gets the fault that FAULT_KIND says: "error" (of those that the
// call knows, the one of number FAULT_VARIANT), "errors" (this call and all later ones), "before" or
// "after" (SIGKILL). With "nuisance" every other call is interrupted that can be, and every other write is short.
// What was struck is written to FAULT_REPORT; of a number never reached, the count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SHORT = -1 };
static const int OPEN[] = {EMFILE, EACCES, ENOSPC, EROFS, EIO, EINTR, EDQUOT, ENFILE};
static const int WRITE[] = {ENOSPC, EIO, EDQUOT, EINTR, SHORT};
static const int SYNC[] = {EIO, ENOSPC, EDQUOT};
static const int NAME[] = {ENOSPC, EIO, EACCES, EROFS, EDQUOT};
static const int CUT[] = {EIO, EINTR, ENOSPC};
static const int CLOSE[] = {EIO, EINTR, EDQUOT};
static const int MODE[] = {EIO, EROFS, EPERM};

static atomic_long seen;
static atomic_int fired;

static void report(const char *text, long number, int code) {
  const char *path = getenv("FAULT_REPORT");
  char line[200];
  if (!path) return;
  long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  int size = snprintf(line, sizeof line, "%s %ld %d\n", text, number, code);
  syscall(SYS_write, file, line, size);
  syscall(SYS_close, file);
}

__attribute__((destructor)) static void end(void) {
  if (!fired) report("none", seen, 0);
}

static int is_below_root(const char *path, int folder) {
  const char *root = getenv("FAULT_ROOT");
  char place[64], whole[PATH_MAX];
  if (!root) return 0;
  if (path && path[0] == '/') return strncmp(path, root, strlen(root)) == 0;
  if (folder == AT_FDCWD) return 0;
  snprintf(place, sizeof place, "/proc/self/fd/%d", folder);
  ssize_t count = readlink(place, whole, sizeof whole - 1);
  return count > 0 && (whole[count] = 0, strncmp(whole, root, strlen(root)) == 0);
}

static int knows(const int *codes, int count, int wanted) {
  for (int i = 0; i < count; i++) if (codes[i] == wanted) return 1;
  return 0;
}

// What is to happen to this call: 0 nothing, > 0 an error, SHORT; *kills if the process is to die
// after it.
static int fault(const char *call, const char *path, int folder, const int *codes, int count, int *kills) {
  int code = 0, known = errno;
  *kills = 0;
  const char *kind = getenv("FAULT_KIND"), *target = getenv("FAULT_NUMBER"), *variant = getenv("FAULT_VARIANT");
  if (kind && target && is_below_root(path, folder)) {
    long number = ++seen, wanted = atol(target);
    int lasts = !strcmp(kind, "errors");
    if (!strcmp(kind, "nuisance")) {
      int choice = number % 2 ? EINTR : SHORT;
      code = knows(codes, count, choice) ? choice : 0;
    } else if (number == wanted || (lasts && wanted > 0 && number > wanted)) {
      int choice = codes[(variant ? atoi(variant) : 0) % count];
      if (!fired++) report(call, number, choice);
      if (!strcmp(kind, "before")) kill(getpid(), SIGKILL);
      if (!strcmp(kind, "after")) *kills = 1;
      // A signal comes once, and a short write leaves room for the rest.
      if (!strncmp(kind, "error", 5)) code = lasts && (choice == EINTR || choice == SHORT) ? EIO : choice;
    }
  }
  errno = known;
  return code;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define STRIKE(call, path, folder, codes, failed)                                                  \
  int kills, code = fault(call, path, folder, codes, sizeof codes / sizeof *codes, &kills);        \
  if (code > 0) { errno = code; return failed; }
#define DONE(result) if (kills) kill(getpid(), SIGKILL); return result

#define OPENER(name, parameters, folder, path, arguments)                                          \
  int name parameters {                                                                            \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); } \
    REAL(name);                                                                                    \
    STRIKE("open", path, folder, OPEN, -1)                                                         \
    int result = real arguments;                                                                   \
    DONE(result);                                                                                  \
  }
OPENER(open, (const char *path, int flags, ...), AT_FDCWD, path, (path, flags, mode))
OPENER(open64, (const char *path, int flags, ...), AT_FDCWD, path, (path, flags, mode))
OPENER(openat, (int folder, const char *path, int flags, ...), folder, path, (folder, path, flags, mode))
OPENER(openat64, (int folder, const char *path, int flags, ...), folder, path, (folder, path, flags, mode))

#define WRITER(name, parameters, arguments)                                                        \
  ssize_t name parameters {                                                                        \
    REAL(name);                                                                                    \
    STRIKE("write", NULL, file, WRITE, -1)                                                         \
    if (code == SHORT && size > 1) size /= 2;                                                       \
    ssize_t result = real arguments;                                                               \
    DONE(result);                                                                                  \
  }
WRITER(write, (int file, const void *bytes, size_t size), (file, bytes, size))
WRITER(pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
WRITER(pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at))

#define ON_FILE(name, codes, parameters, arguments)                                                \
  int name parameters {                                                                            \
    REAL(name);                                                                                    \
    STRIKE(#name, NULL, file, codes, -1)                                                           \
    int result = real arguments;                                                                   \
    DONE(result);                                                                                  \
  }
ON_FILE(fsync, SYNC, (int file), (file))
ON_FILE(fdatasync, SYNC, (int file), (file))
ON_FILE(syncfs, SYNC, (int file), (file))
ON_FILE(ftruncate, CUT, (int file, off_t size), (file, size))
ON_FILE(ftruncate64, CUT, (int file, off64_t size), (file, size))
ON_FILE(fchmod, MODE, (int file, mode_t mode), (file, mode))

// A failed close has closed.
int close(int file) {
  REAL(close);
  int kills, code = fault("close", NULL, file, CLOSE, sizeof CLOSE / sizeof *CLOSE, &kills);
  int result = real(file);
  if (code > 0) { errno = code; return -1; }
  DONE(result);
}

#define ON_NAME(name, call, path, folder, parameters, arguments)                                   \
  int name parameters {                                                                            \
    REAL(name);                                                                                    \
    STRIKE(call, path, folder, NAME, -1)                                                           \
    int result = real arguments;                                                                   \
    DONE(result);                                                                                  \
  }
ON_NAME(rename, "rename", to, AT_FDCWD, (const char *from, const char *to), (from, to))
ON_NAME(renameat2, "rename", to, there, (int here, const char *from, int there, const char *to, unsigned flags),
        (here, from, there, to, flags))
ON_NAME(link, "link", to, AT_FDCWD, (const char *from, const char *to), (from, to))
ON_NAME(unlink, "unlink", path, AT_FDCWD, (const char *path), (path))
ON_NAME(unlinkat, "unlink", path, folder, (int folder, const char *path, int flags), (folder, path, flags))
ON_NAME(mkdir, "mkdir", path, AT_FDCWD, (const char *path, mode_t mode), (path, mode))
ON_NAME(mkdirat, "mkdir", path, folder, (int folder, const char *path, mode_t mode), (folder, path, mode))

char *mkdtemp(char *path) {
  REAL(mkdtemp);
  STRIKE("mkdtemp", path, AT_FDCWD, NAME, NULL)
  char *result = real(path);
  DONE(result);
}
