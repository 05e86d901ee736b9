// Keeps what a power cut would certainly leave of the files below DURABLE_ROOT; loaded before the C library
// (LD_PRELOAD).
//
// When a file is synced its bytes are copied to DURABLE_FOLDER/INODE; when a folder is, the names in it are: a line
// for each, "INODE TYPE NAME". A sync of the file system does this for all, and so does the start of the process: what
// was there before has long been written. The numbers of inodes must not come again: in memory (tmpfs) they do not.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Raw calls, lest what is done here counts as done by the program.
static int open_raw(int folder, const char *path, int flags) {
  return syscall(SYS_openat, folder, path, flags | O_CLOEXEC, 0644);
}

// What is to be kept under the name, written whole or not at all: the process may be killed in between.
static void keep(ino_t inode, const char *bytes, size_t size) {
  char whole[PATH_MAX], part[PATH_MAX + 4];
  snprintf(whole, sizeof whole, "%s/%lu", getenv("DURABLE_FOLDER"), inode);
  snprintf(part, sizeof part, "%s.new", whole);
  int file = open_raw(AT_FDCWD, part, O_WRONLY | O_CREAT | O_TRUNC);
  for (ssize_t count; size > 0 && (count = syscall(SYS_write, file, bytes, size)) > 0; size -= count) bytes += count;
  syscall(SYS_close, file);
  syscall(SYS_renameat2, AT_FDCWD, part, AT_FDCWD, whole, 0);
}

static void keep_file(int file, const struct stat *status) {
  // Not the descriptor's own: that may be for writing only, and has a place.
  char path[64], *bytes = malloc(status->st_size + 1);
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  int reader = open_raw(AT_FDCWD, path, O_RDONLY);
  size_t size = 0;
  for (ssize_t count; (count = syscall(SYS_pread64, reader, bytes + size, status->st_size - size, size)) > 0;)
    size += count;
  syscall(SYS_close, reader);
  keep(status->st_ino, bytes, size);
  free(bytes);
}

static void keep_any(int file, int keeps_all);

static void keep_folder(int folder, ino_t inode, int keeps_all) {
  char *lines = NULL;
  size_t size = 0;
  struct stat status;
  FILE *list = open_memstream(&lines, &size);
  DIR *stream = fdopendir(open_raw(folder, ".", O_RDONLY | O_DIRECTORY));
  for (struct dirent *entry; stream && (entry = readdir(stream));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW)) continue;
    fprintf(list, "%lu %c %s\n", status.st_ino, S_ISDIR(status.st_mode) ? 'd' : 'f', entry->d_name);
    int file = keeps_all ? open_raw(folder, entry->d_name, O_RDONLY | O_NOFOLLOW) : -1;
    if (file >= 0) keep_any(file, 1);
    if (file >= 0) syscall(SYS_close, file);
  }
  if (stream) closedir(stream);
  fclose(list);
  keep(inode, lines, size);
  free(lines);
}

static void keep_any(int file, int keeps_all) {
  struct stat status;
  if (fstat(file, &status)) return;
  if (S_ISDIR(status.st_mode)) keep_folder(file, status.st_ino, keeps_all);
  if (S_ISREG(status.st_mode)) keep_file(file, &status);
}

static void note(int file, int is_whole_system) {
  const char *root = getenv("DURABLE_ROOT");
  int known = errno;
  char place[64], path[PATH_MAX];
  if (!root) return;
  snprintf(place, sizeof place, "/proc/self/fd/%d", file);
  ssize_t count = readlink(place, path, sizeof path - 1);
  if (count < 0 || strncmp(path, root, strlen(root))) return;
  int all = is_whole_system ? open_raw(AT_FDCWD, root, O_RDONLY | O_DIRECTORY) : -1;
  keep_any(is_whole_system ? all : file, is_whole_system);
  if (all >= 0) syscall(SYS_close, all);
  errno = known;
}

__attribute__((constructor)) static void start(void) {
  const char *root = getenv("DURABLE_ROOT");
  int folder = root ? open_raw(AT_FDCWD, root, O_RDONLY | O_DIRECTORY) : -1;
  if (folder < 0) return;
  keep_any(folder, 1);
  syscall(SYS_close, folder);
}

#define SYNCER(name, is_whole_system)                        \
  int name(int file) {                                       \
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    int result = real(file);                                 \
    if (result == 0) note(file, is_whole_system);            \
    return result;                                           \
  }
SYNCER(fsync, 0)
SYNCER(fdatasync, 0)
SYNCER(syncfs, 1)
