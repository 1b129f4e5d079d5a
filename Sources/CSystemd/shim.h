#pragma once
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
