#pragma once
// Linux calls that Swift's Glibc module leaves out: it is built without _GNU_SOURCE.
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

extern long syscall(long number, ...);
struct dl_phdr_info;
extern int dl_iterate_phdr(
    int (*callback)(struct dl_phdr_info *info, size_t size, void *data), void *data);
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

/// Who a program is executed as, and the ends of the pipes that become its standard streams.
struct credwatch_launch {
    int input, output, error;
    /// Where a failure goes, as two integers: the step of it, and its errno; closed by the execution.
    int report;
    uid_t user;
    gid_t group;
    size_t group_count;
};

/// Changes this process, which was just forked, into the program; returns the step that failed.
///
/// Only calls that are safe between fork and exec, and those that change users directly to the kernel:
/// glibc's would signal threads that are not here.
static inline int credwatch_become(
    struct credwatch_launch launch, const gid_t *groups, const char *path, char *const *arguments,
    char *const *environment) {
    struct { unsigned version; int process; } header = {0x20080522, 0};
    unsigned none[6] = {0};
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t unblocked;
    if (setpgid(0, 0) != 0) return 1;
    if (dup2(launch.input, 0) < 0 || dup2(launch.output, 1) < 0 || dup2(launch.error, 2) < 0)
        return 2;
    if (chdir("/") != 0) return 3;
    // Who is that user already may lack the right to change groups, and need not.
    if (geteuid() != launch.user || geteuid() == 0) {
        if (syscall(SYS_setgroups, launch.group_count, groups) != 0) return 4;
        if (syscall(SYS_setresgid, launch.group, launch.group, launch.group) != 0) return 5;
        if (syscall(SYS_setresuid, launch.user, launch.user, launch.user) != 0) return 6;
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &header, none) != 0) return 7;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 8;
    for (int number = 1; number <= 64; number++) sigaction(number, &standard, 0);
    sigemptyset(&unblocked);
    sigprocmask(SIG_SETMASK, &unblocked, 0);
#ifdef SYS_close_range
    // Every descriptor is closed on exec; this is for one that a library forgot to mark.
    if (launch.report > 3) syscall(SYS_close_range, 3u, (unsigned)launch.report - 1, 0u);
    syscall(SYS_close_range, (unsigned)launch.report + 1, ~0u, 0u);
#endif
    execve(path, arguments, environment);
    return 0;
}

/// Forks a child that becomes the program; returns its number, -1 when there is none.
static inline pid_t credwatch_fork_and_become(
    struct credwatch_launch launch, const gid_t *groups, const char *path, char *const *arguments,
    char *const *environment) {
    sigset_t all, before;
    pid_t child;
    int message[2];
    // No handler of ours may run in the child.
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    child = fork();
    if (child == 0) {
        message[0] = credwatch_become(launch, groups, path, arguments, environment);
        message[1] = errno;
        if (write(launch.report, message, sizeof message) < 0) _exit(126);
        _exit(127);
    }
    sigprocmask(SIG_SETMASK, &before, 0);
    return child;
}

/// Whether programs that this process executes get capabilities of it, though it is not root.
static inline int credwatch_has_ambient_capabilities(void) {
    for (int capability = 0; capability < 64; capability++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1) return 1;
    return 0;
}

/// Gives back the pages of code and constants of one loaded file, for ``credwatch_forget_code``.
static inline int credwatch_forget_file(struct dl_phdr_info *info, size_t size, void *data) {
    // How the structure begins, which glibc shows only with _GNU_SOURCE.
    const struct {
        ElfW(Addr) address;
        const char *name;
        const ElfW(Phdr) *headers;
        ElfW(Half) count;
    } *file = (const void *)info;
    const unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    int index;
    (void)data;
    if (size < sizeof *file || page == 0) return 1;
    // The kernel's own code comes from no file.
    if (file->name != 0 && __builtin_strncmp(file->name, "linux-vdso", 10) == 0) return 0;
    for (index = 0; index < file->count; index++) {
        const ElfW(Dyn) *entry;
        if (file->headers[index].p_type != PT_DYNAMIC) continue;
        entry = (const void *)(file->address + file->headers[index].p_vaddr);
        // Its code was changed when it was loaded.
        for (; entry->d_tag != DT_NULL; entry++)
            if (entry->d_tag == DT_TEXTREL
                || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
                return 0;
    }
    for (index = 0; index < file->count; index++) {
        const ElfW(Phdr) *part = &file->headers[index];
        unsigned long start, end;
        // What may be written to, and be it only while it is relocated, is not in the file.
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) continue;
        start = (file->address + part->p_vaddr) & ~(page - 1);
        end = (file->address + part->p_vaddr + part->p_memsz + page - 1) & ~(page - 1);
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

/// Gives back the memory of all code and constants: what is used again comes back from the page cache,
/// what only a start needs does not.
static inline void credwatch_forget_code(void) {
    dl_iterate_phdr(credwatch_forget_file, 0);
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

/// Takes from the calling thread what programs that it executes would inherit of capabilities; the thread
/// itself keeps its own.
static inline int credwatch_hand_down_no_capabilities(void) {
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/// Keeps this process out of core dumps and away from the debuggers of its own user.
static inline int credwatch_make_undumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Renames within a directory, when nothing has the new name yet.
static inline int credwatch_rename_new(int directory, const char *name, const char *new_name) {
    return (int)syscall(SYS_renameat2, directory, name, directory, new_name, 1u);
}

/// Lets two names of a directory change places, at once.
static inline int credwatch_exchange(int directory, const char *name, const char *other) {
    return (int)syscall(SYS_renameat2, directory, name, directory, other, 2u);
}

/// The attributes of chattr of an open file; 0 where a file system has none.
static inline int credwatch_inode_flags(int descriptor) {
    // FS_IOC_GETFLAGS, whose header is at odds with others.
    const unsigned long get_flags = _IOR('f', 1, long);
    int flags = 0;
    return ioctl(descriptor, get_flags, &flags) == 0 ? flags : 0;
}

/// Whether a program has an open file open for writing; the descriptor is for reading only. 1 yes, 0 no, -1 when
/// the file system cannot tell.
///
/// The kernel gives a lease only where nobody writes. It is given back at once; who wants to write meanwhile
/// waits for that, and no signal comes of it that anybody would notice.
static inline int credwatch_is_being_written(int descriptor) {
    const int set_signal = 10, set_lease = 1024;
    if (fcntl(descriptor, set_signal, SIGURG) != 0) return -1;
    if (fcntl(descriptor, set_lease, F_RDLCK) != 0) return errno == EAGAIN ? 1 : -1;
    fcntl(descriptor, set_lease, F_UNLCK);
    return 0;
}

/// When a file's content last changed, in nanoseconds.
static inline int64_t credwatch_modified(const struct stat *status) {
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

/// When a file or its attributes last changed, in nanoseconds.
static inline int64_t credwatch_changed(const struct stat *status) {
    return (int64_t)status->st_ctim.tv_sec * 1000000000 + status->st_ctim.tv_nsec;
}

/// Limits how long connecting and each send on a socket may take.
static inline int credwatch_limit_sending(int descriptor, int64_t milliseconds) {
    struct timeval limit = {milliseconds / 1000, (milliseconds % 1000) * 1000};
    return setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}
