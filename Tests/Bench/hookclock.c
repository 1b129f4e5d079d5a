// A failover hook that says when it was started: one line `EVENT NANOSECONDS` on CLOCK_MONOTONIC,
// written to the pipe that its argument names.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (argc != 2) return 2;
    const char *event = getenv("CREDWATCH_EVENT");
    char line[128];
    int length = snprintf(line, sizeof line, "%.32s %lld\n", event ? event : "none",
                          (long long)now.tv_sec * 1000000000LL + now.tv_nsec);
    int pipe = open(argv[1], O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (pipe < 0 || write(pipe, line, (size_t)length) != length) return 1;
    return 0;
}
