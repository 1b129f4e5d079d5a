import Glibc

/// The executables that were built beside the tests.
package enum BuiltProduct {
    /// Returns the path of an executable product; nil when it is not there.
    package static func path(_ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let tests = String(
            decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = tests.lastIndex(of: "/") else { return nil }
        let path = tests[...slash] + name
        return access(String(path), X_OK) == 0 ? String(path) : nil
    }
}
