#pragma once
// Linux calls that Swift's Glibc module leaves out: it is built without _GNU_SOURCE.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

extern long syscall(long number, ...);
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *restrict actions, const char *restrict path);
extern int posix_spawn_file_actions_addclosefrom_np(
    posix_spawn_file_actions_t *actions, int first);

/// An anonymous file in memory, closed on exec.
static inline int credwatch_memfd(const char *name) {
    const unsigned int close_on_exec = 1;
    return (int)syscall(SYS_memfd_create, name, close_on_exec);
}

/// A descriptor of a process that becomes readable when it ends, closed on exec.
static inline int credwatch_pidfd_open(pid_t process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0u);
#else
    return -1;
#endif
}

/// The user at the other end of a Unix socket; -1 when the kernel does not say.
static inline long credwatch_peer_user(int descriptor) {
    struct { pid_t process; uid_t user; gid_t group; } peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return (long)peer.user;
}

/// Makes malloc give large blocks back to the system as soon as they are free (by default it raises the
/// limit for that with the first large block, and a status file of ten thousand profiles stays for
/// ever), and keeps it from making an arena for every thread.
static inline void credwatch_settle_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_ARENA_MAX, 1);
}

/// Keeps this process out of core dumps and away from the debuggers of its own user.
static inline int credwatch_make_undumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
