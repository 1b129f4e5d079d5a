import CCurl
import Glibc

/// The certificates by which servers are verified: a file or a folder, of the system or a chosen one.
///
/// Never both: libcurl keeps the certificates it has read only when there is no folder, and reading the
/// system's anew costs each new connection some 30 ms.
enum TrustStore: Hashable, Sendable {
    case file(String)
    case folder(String)

    /// Chooses the store for `AWS_CA_BUNDLE`, or the system's when there is none.
    init(caBundle: String?) {
        if let caBundle, !caBundle.isEmpty {
            self = Self.isFolder(caBundle) ? .folder(caBundle) : .file(caBundle)
            return
        }
        let version = curl_version_info(CURLVERSION_SEVENTH)?.pointee
        let file = version?.cainfo.map { String(cString: $0) }
        let folder = version?.capath.map { String(cString: $0) }
        if let folder, file.map({ access($0, R_OK) != 0 }) ?? true {
            self = .folder(folder)
        } else {
            self = .file(file ?? "/etc/ssl/certs/ca-certificates.crt")
        }
    }

    /// Says what stands in the way of reading a chosen store; nil when libcurl may try.
    ///
    /// libcurl opens it as it is, and a FIFO would hold up its thread for ever.
    var obstacle: String? {
        guard case .file(let path) = self else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return nil }
        return "the CA bundle \(path) is neither a file nor a folder"
    }

    /// Says why the store cannot be used, after libcurl said that it cannot.
    var complaint: String {
        let (name, path) =
            switch self {
            case .file(let path): ("CA bundle", path)
            case .folder(let path): ("CA folder", path)
            }
        // Not blocking: the path may be that of a FIFO.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return "cannot read the \(name) \(path): \(String(cString: strerror(errno)))"
        }
        close(descriptor)
        return "the \(name) \(path) holds no usable certificate"
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
