import CCurl
import Glibc

/// Where the system keeps the certificates of the authorities that it trusts.
package struct SystemTrust: Sendable, Hashable {
    /// One file with all of them.
    package var file: String?
    /// A folder with one file for each, by the names that OpenSSL looks for.
    package var folder: String?

    package init(file: String?, folder: String?) {
        self.file = file
        self.folder = folder
    }

    /// What libcurl was built for; Debian has both.
    package static var ofLibcurl: SystemTrust {
        let version = curl_version_info(CURLVERSION_SEVENTH)?.pointee
        return SystemTrust(
            file: version?.cainfo.map { String(cString: $0) },
            folder: version?.capath.map { String(cString: $0) })
    }
}

/// The certificates by which servers are verified: a file or a folder, of the system or a chosen one.
///
/// Never both at once: libcurl keeps the certificates it has read only when there is no folder, and reading
/// the system's file anew costs each new connection some 40 ms.
enum TrustStore: Hashable, Sendable {
    case file(String)
    case folder(String)

    /// Chooses the store for `AWS_CA_BUNDLE`, or the system's ones when there is none: that to begin with,
    /// and where to look on when it does not know an authority.
    ///
    /// The system's folder comes first. OpenSSL finds the one authority in it that a server needs by a hash,
    /// where the file is read whole: 138 certificates take 40 ms and 2 MB. What stands in the file only,
    /// since somebody wrote it there, is found by the second look.
    static func choose(caBundle: String?, system: SystemTrust) -> [TrustStore] {
        if let caBundle, !caBundle.isEmpty {
            return [isFolder(caBundle) ? .folder(caBundle) : .file(caBundle)]
        }
        let file = system.file.flatMap { access($0, R_OK) == 0 ? TrustStore.file($0) : nil }
        if let folder = system.folder, hasHashes(folder) || file == nil {
            return [.folder(folder)] + (file.map { [$0] } ?? [])
        }
        return [file ?? .file(system.file ?? "/etc/ssl/certs/ca-certificates.crt")]
    }

    /// Whether certificates can be found in a folder, by names like `002c0b4f.0`.
    private static func hasHashes(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let isHash = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                name[8] == UInt8(ascii: ".") && name[9] == UInt8(ascii: "0") && name[10] == 0
                    && name[..<8].allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
            }
            if isHash { return true }
        }
        return false
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
