import Glibc

/// The file system of a process whose mounts or root are not ours, as `/proc` shows it.
struct ProcessRoot: Sendable, Hashable {
    /// `/proc/812/root`
    var path: String
    var process: Int32
    /// Whether `/` is another directory there, as in a container; else only mounts differ.
    var isAnother: Bool

    /// Looks at a process; nil when it sees what we see.
    init?(of process: Int32) {
        let root = ProcessFile.link("\(process)", "root")
        let namespace = ProcessFile.link("\(process)", "ns/mnt")
        guard root != "/" || namespace != ProcessFile.link("self", "ns/mnt") else { return nil }
        path = "/proc/\(process)/root"
        self.process = process
        var theirs = stat()
        var ours = stat()
        isAnother =
            stat(path + "/", &theirs) != 0 || stat("/", &ours) != 0
            || theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino
    }

    init(path: String, process: Int32, isAnother: Bool) {
        self.path = path
        self.process = process
        self.isAnother = isAnother
    }

    /// What a message says behind a path.
    var note: String { "(in the file system of PID \(process))" }
}
