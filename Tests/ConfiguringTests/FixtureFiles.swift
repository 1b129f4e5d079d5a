import Glibc

/// The repository's root, found from where this file stands.
let repository = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

/// The file names in Fixtures/config that begin with a prefix.
func fixtures(_ prefix: String) -> [String] {
    guard let directory = opendir(repository + "/Fixtures/config") else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name.hasPrefix(prefix) { names.append(name) }
    }
    return names.sorted()
}

/// Reads a whole file below the repository's root; empty when it cannot be read.
func contents(_ path: String) -> [UInt8] {
    guard let file = fopen(repository + "/" + path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
        bytes += chunk[..<count]
    }
    return bytes
}
