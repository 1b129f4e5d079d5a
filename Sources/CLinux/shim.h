#pragma once
// Linux calls that Swift's Glibc module leaves out: it is built without _GNU_SOURCE.
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/vfs.h>
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

/// Opens a name in a directory for nothing but looking at it; a symbolic link is opened itself.
static inline int credwatch_open_path(int directory, const char *name, int follow) {
    return openat(directory, name, __O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
}

/// Opens what a path names for nothing but looking at it, with a directory in the place of the root: no
/// symbolic link and no `..` leads out of it.
static inline int credwatch_open_in_root(int root, const char *path) {
    const struct open_how how = {
        .flags = __O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/// Whether an open file or link is one of /proc.
static inline int credwatch_is_of_proc(int descriptor) {
    struct statfs system;
    return fstatfs(descriptor, &system) == 0 && system.f_type == 0x9FA0;
}

/// Gives this thread the rights to files that a user has, and takes all others away; 0 when it worked.
///
/// The calls go to the kernel directly, which keeps such rights for each thread. glibc's setgroups would
/// change every thread.
static inline int credwatch_take_file_rights(
    uid_t user, gid_t group, size_t count, const gid_t *groups) {
    if (syscall(SYS_setgroups, count, groups) != 0) return -1;
    // Neither call tells whether it worked; asking for an impossible id tells what is set.
    syscall(SYS_setfsgid, group);
    syscall(SYS_setfsuid, user);
    return (gid_t)syscall(SYS_setfsgid, -1) == group && (uid_t)syscall(SYS_setfsuid, -1) == user
        ? 0 : -1;
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
