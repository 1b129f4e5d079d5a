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

/* The calls to the system bus, in the same way. */
#define CREDWATCH_BUS_CALL(name, arguments, values)                                          \
    static inline int credwatch_bus_##name arguments {                                       \
        __typeof__(&sd_bus_##name) call =                                                    \
            (__typeof__(call))credwatch_systemd("sd_bus_" #name);                            \
        return call ? call values : -ENOSYS;                                                 \
    }

CREDWATCH_BUS_CALL(open_system, (sd_bus **bus),
                   (bus))
CREDWATCH_BUS_CALL(open_user, (sd_bus **bus),
                   (bus))
CREDWATCH_BUS_CALL(new, (sd_bus **bus),
                   (bus))
CREDWATCH_BUS_CALL(set_address, (sd_bus *bus, const char *address),
                   (bus, address))
CREDWATCH_BUS_CALL(set_bus_client, (sd_bus *bus, int truth),
                   (bus, truth))
CREDWATCH_BUS_CALL(start, (sd_bus *bus),
                   (bus))
CREDWATCH_BUS_CALL(set_method_call_timeout, (sd_bus *bus, uint64_t microseconds),
                   (bus, microseconds))
CREDWATCH_BUS_CALL(path_encode, (const char *prefix, const char *name, char **path),
                   (prefix, name, path))
CREDWATCH_BUS_CALL(get_property_trivial, (sd_bus *bus, const char *service, const char *path, const char *interface,
                        const char *member, sd_bus_error *error, char type, void *value),
                   (bus, service, path, interface, member, error, type, value))
CREDWATCH_BUS_CALL(get_property_string, (sd_bus *bus, const char *service, const char *path, const char *interface,
                        const char *member, sd_bus_error *error, char **value),
                   (bus, service, path, interface, member, error, value))

/* Asks the manager for a job on a unit, by one of its methods that take a name and a mode; the job it answers
 * with is not kept, since the unit tells whether it has one. */
static inline int credwatch_bus_unit_job(sd_bus *bus, const char *method, const char *unit, sd_bus_error *error) {
    __typeof__(&sd_bus_call_method) call = (__typeof__(call))credwatch_systemd("sd_bus_call_method");
    return call ? call(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                       "org.freedesktop.systemd1.Manager", method, error, NULL, "ss", unit, "replace")
                : -ENOSYS;
}

/* Tells the id of the job that a unit has, 0 for none. */
static inline int credwatch_bus_unit_busy(sd_bus *bus, const char *path, sd_bus_error *error, uint32_t *job) {
    __typeof__(&sd_bus_get_property) get = (__typeof__(get))credwatch_systemd("sd_bus_get_property");
    __typeof__(&sd_bus_message_read) take = (__typeof__(take))credwatch_systemd("sd_bus_message_read");
    __typeof__(&sd_bus_message_unref) drop = (__typeof__(drop))credwatch_systemd("sd_bus_message_unref");
    if (!get || !take || !drop) return -ENOSYS;
    sd_bus_message *reply = NULL;
    const char *name = NULL;
    int result = get(bus, "org.freedesktop.systemd1", path, "org.freedesktop.systemd1.Unit", "Job", error, &reply,
                     "(uo)");
    if (result >= 0) result = take(reply, "(uo)", job, &name);
    drop(reply);
    return result;
}

static inline void credwatch_bus_error_free(sd_bus_error *error) {
    __typeof__(&sd_bus_error_free) call = (__typeof__(call))credwatch_systemd("sd_bus_error_free");
    if (call) call(error);
}

static inline void credwatch_bus_close(sd_bus *bus) {
    __typeof__(&sd_bus_close_unref) call = (__typeof__(call))credwatch_systemd("sd_bus_close_unref");
    if (call) call(bus);
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
