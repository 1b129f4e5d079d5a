#pragma once
// Calls that Swift's Glibc module leaves out: epoll, and those that make descriptors with
// close-on-exec set from the first moment.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Declared here because their headers show them only to programs built with _GNU_SOURCE.
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);
