import Glibc
import Reporting

/// What tells one version of a file from the next without reading it.
struct FileMark: Equatable {
    private let device: dev_t
    private let number: ino_t
    private let size: off_t
    /// When anything about it was changed, rights included, as the kernel has it.
    private let changed: [UInt8]

    /// Looks at a file; nil when it is not there.
    init?(path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        device = information.st_dev
        number = information.st_ino
        size = information.st_size
        changed = withUnsafeBytes(of: information.st_ctim) { Array($0) }
    }
}

/// Tells when something is put into the directory of a file.
///
/// Only to be quicker than the next look: where the kernel has no watch left, or the directory is not there
/// yet, nothing is told.
final class FileChange {
    /// Becomes readable at a change; -1 where there is no watch.
    let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    private let directory: String

    init(path: String) {
        directory = StatusFile(path: path).directory
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Watches the directory; to be called before each look at the file, since it may have been made anew.
    func begin() {
        let events = UInt32(IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ONLYDIR)
        if descriptor >= 0 { inotify_add_watch(descriptor, directory, events) }
    }

    /// Takes what was told.
    func take() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while descriptor >= 0, read(descriptor, &buffer, buffer.count) > 0 {}
    }
}
