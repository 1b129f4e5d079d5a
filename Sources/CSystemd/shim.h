#pragma once
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* libsystemd and the six libraries that it needs are loaded when a journal or a manager is there, not at
 * every start. A call without it fails as one without a manager or a journal would. */
static inline void *credwatch_systemd(const char *name) {
    void *library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    return library ? dlsym(library, name) : NULL;
}

static inline int credwatch_journal_sendv(const struct iovec *fields, int count) {
    __typeof__(&sd_journal_sendv) call = (__typeof__(call))credwatch_systemd("sd_journal_sendv");
    return call ? call(fields, count) : -ENOSYS;
}

static inline int credwatch_notify(const char *notice) {
    __typeof__(&sd_notify) call = (__typeof__(call))credwatch_systemd("sd_notify");
    return call ? call(0, notice) : -ENOSYS;
}

static inline int credwatch_watchdog_enabled(uint64_t *microseconds) {
    __typeof__(&sd_watchdog_enabled) call = (__typeof__(call))credwatch_systemd("sd_watchdog_enabled");
    return call ? call(0, microseconds) : -ENOSYS;
}

/* Sends a notice as sd_notify does, but never waits: 0 when the manager's queue is full, or when the
 * address is of a kind that is left to sd_notify. */
static inline int credwatch_notify_now(const char *address, const char *notice) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    if ((address[0] != '/' && address[0] != '@') || length >= sizeof to.sun_path) return 0;
    memcpy(to.sun_path, address, length);
    if (address[0] == '@') to.sun_path[0] = 0;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return 0;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (address[0] == '/'));
    ssize_t sent = sendto(descriptor, notice, strlen(notice), MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&to, size);
    close(descriptor);
    return sent >= 0;
}
