// For LD_PRELOAD: records what a process writes to a database and its write-ahead log, and when it has them flushed, in the order in
// which it happens. `trace.ts` reads the record.
//
// RECORDED_DATABASE names the database; beside it "-wal" is recorded, and "-acks", whose writes are acknowledgements.
// RECORDED_TRACE names the file of the record.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { descriptors = 4096, recorded = 3 };

struct header {
  uint32_t kind; // 'W' write, 'T' truncation, 'B' a flush begins, 'E' it has ended
  uint32_t file; // 0 the database, 1 its log, 2 the acknowledgements
  uint64_t at;   // the offset of a write, the size after a truncation, the number of a flush
  uint64_t length;
};

static const char *suffixes[recorded] = {"", "-wal", "-acks"};
static unsigned char file_of[descriptors]; // the file's number plus one
static int trace = -1;
static uint64_t flushes = 0;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define real(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t (*real_write)(int, const void *, size_t);

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("RECORDED_TRACE");
  real_write = real(write);
  if (path) trace = real(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// In the turn of the caller. A record that cannot be written whole would be worth nothing.
static void record(uint32_t kind, int file, uint64_t at, const void *data, uint64_t length) {
  struct header header = {kind, (uint32_t)file, at, length};
  if (trace < 0) return;
  if (real_write(trace, &header, sizeof header) != sizeof header) abort();
  if (length > 0 && real_write(trace, data, length) != (ssize_t)length) abort();
}

static int recorded_file(int fd) { return fd >= 0 && fd < descriptors ? (int)file_of[fd] - 1 : -1; }

static int opened(int fd, const char *path) {
  const char *database = getenv("RECORDED_DATABASE");
  if (fd < 0 || fd >= descriptors) return fd;
  file_of[fd] = 0;
  if (!database || strncmp(path, database, strlen(database)) != 0) return fd;
  for (int file = 0; file < recorded; file += 1) {
    if (strcmp(path + strlen(database), suffixes[file]) == 0) file_of[fd] = (unsigned char)(file + 1);
  }
  return fd;
}

#define OPEN(name)                                              \
  int name(const char *path, int flags, ...) {                  \
    va_list more;                                               \
    va_start(more, flags);                                      \
    mode_t mode = va_arg(more, mode_t);                         \
    va_end(more);                                               \
    return opened(real(name)(path, flags, mode), path);         \
  }
OPEN(open)
OPEN(open64)

// A write and its record are one step, so that a flush whose record comes later has it.
ssize_t write(int fd, const void *data, size_t length) {
  int file = recorded_file(fd);
  if (file < 0) return real_write(fd, data, length);
  pthread_mutex_lock(&turn);
  ssize_t written = real_write(fd, data, length);
  // The files of a database are written by offset; what is appended is an acknowledgement.
  if (written > 0) record('W', file, 0, data, (uint64_t)written);
  pthread_mutex_unlock(&turn);
  return written;
}

#define PWRITE(name, offset_type)                                                  \
  ssize_t name(int fd, const void *data, size_t length, offset_type at) {          \
    int file = recorded_file(fd);                                                  \
    if (file < 0) return real(name)(fd, data, length, at);                         \
    pthread_mutex_lock(&turn);                                                     \
    ssize_t written = real(name)(fd, data, length, at);                            \
    if (written > 0) record('W', file, (uint64_t)at, data, (uint64_t)written);     \
    pthread_mutex_unlock(&turn);                                                   \
    return written;                                                                \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset_type)                             \
  int name(int fd, offset_type size) {                          \
    int file = recorded_file(fd);                               \
    if (file < 0) return real(name)(fd, size);                  \
    pthread_mutex_lock(&turn);                                  \
    int result = real(name)(fd, size);                          \
    if (result == 0) record('T', file, (uint64_t)size, 0, 0);   \
    pthread_mutex_unlock(&turn);                                \
    return result;                                              \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

// A flush holds up nobody: it is recorded when it begins and when it has ended.
#define FLUSH(name)                                             \
  int name(int fd) {                                            \
    int file = recorded_file(fd);                               \
    if (file < 0) return real(name)(fd);                        \
    pthread_mutex_lock(&turn);                                  \
    uint64_t number = flushes++;                                \
    record('B', file, number, 0, 0);                            \
    pthread_mutex_unlock(&turn);                                \
    int result = real(name)(fd);                                \
    pthread_mutex_lock(&turn);                                  \
    if (result == 0) record('E', file, number, 0, 0);           \
    pthread_mutex_unlock(&turn);                                \
    return result;                                              \
  }
FLUSH(fsync)
FLUSH(fdatasync)
