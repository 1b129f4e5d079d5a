#pragma once
// The clocks, in C: which module Swift takes timespec for a type of changes from build to build, and a file that
// does not import that one cannot use its fields.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

/// What a time is in nanoseconds.
static inline int64_t credwatch_nanoseconds(const struct timespec *time) {
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/// Reads a clock like CLOCK_BOOTTIME, in nanoseconds.
static inline int64_t credwatch_clock(int clock) {
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return credwatch_nanoseconds(&time);
}

/// Takes the signals of a set that are pending, without waiting for one.
static inline void credwatch_take_pending(const sigset_t *signals) {
    const struct timespec none = {0};
    while (sigtimedwait(signals, 0, &none) < 0 && errno == EINTR) {}
}
