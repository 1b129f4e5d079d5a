import Glibc

/// Opens something in place of each standard stream that is closed.
///
/// Their numbers would go to the next files and sockets, and a line for the terminal would end up in
/// one of these.
func holdStandardStreams() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
        guard fcntl(descriptor, F_GETFD) < 0 else { continue }
        // The lowest free number is taken, which is this one. Without /dev, a directory does as well:
        // nothing can be written to it.
        if open("/dev/null", O_RDWR) < 0 { _ = open("/", O_RDONLY | O_DIRECTORY) }
    }
}
