import Glibc
import Processes

/// Inspects how a program begins: the first line of a script decides whether it can run at all.
func inspectBeginning(of path: String) -> [String] {
    guard let beginning = readBeginning(of: path) else { return [] }
    if beginning.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return [] }
    guard beginning.starts(with: "#!".utf8) else {
        return [
            beginning.isEmpty
                ? "\(path) is empty."
                : "\(path) is neither a program nor a script: a script needs a first line like "
                    + "#!/bin/sh."
        ]
    }
    let line = beginning.dropFirst(2).prefix { $0 != 0x0A }
    if line.last == 0x0D {
        return [
            "\(path) has Windows line endings: the system would look for an interpreter whose name "
                + "ends with a carriage return."
        ]
    }
    let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
    guard let interpreter = words.first else {
        return ["\(path) names no interpreter after #! in its first line."]
    }
    if interpreter.utf8.first != 0x2F || !isExecutable(interpreter) {
        return [
            "\(path) cannot run: its interpreter \(visible(interpreter)) is missing or not executable."
        ]
    }
    return inspectEnv(words, path)
}

/// Finds a program that `#!/usr/bin/env NAME` would look for in vain.
private func inspectEnv(_ words: [String], _ path: String) -> [String] {
    guard words[0].hasSuffix("/env"), words.count >= 2, !words[1].hasPrefix("-"),
        !words[1].contains("=")
    else { return [] }
    let name = words[1]
    if name.utf8.first == 0x2F { return isExecutable(name) ? [] : missing(name, path) }
    let places = HookInput.searchPath.split(separator: ":")
    return places.contains { isExecutable("\($0)/\(name)") } ? [] : missing(name, path)
}

private func missing(_ name: String, _ path: String) -> [String] {
    ["\(path) cannot run: env does not find \(visible(name)) in \(HookInput.searchPath)."]
}

private func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0
}

/// Reads as much of a file as the system does for `#!`; nil when it may not be read.
private func readBeginning(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = read(file, &buffer, buffer.count)
    return count < 0 ? nil : Array(buffer[..<count])
}
