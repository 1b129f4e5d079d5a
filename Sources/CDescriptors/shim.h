#pragma once
// Calls that Swift's Glibc module leaves out: epoll, and those that make descriptors with
// close-on-exec set from the first moment.
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

// Declared here because their headers show them only to programs built with _GNU_SOURCE.
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);

/// Sets the time of a file's last access and modification, in seconds since 1970.
///
/// In C, because in a clean build Swift takes timespec for a type of this module, which files that import only
/// Glibc cannot use.
static inline int credwatch_set_modified(const char *path, int64_t seconds) {
    const struct timespec time = {.tv_sec = seconds}, times[2] = {time, time};
    return utimensat(AT_FDCWD, path, times, 0);
}
