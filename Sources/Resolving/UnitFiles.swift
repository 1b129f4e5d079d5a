import Glibc
import Model

/// The files of systemd's system units, as far as they say which file of variables a service reads.
struct UnitFiles: Sendable {
    /// In the order in which systemd looks for a unit.
    static let directories = [
        "/etc/systemd/system", "/run/systemd/system", "/run/systemd/transient",
        "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ]
    private static let maxSize = 1 << 20
    private static let mostDropIns = 256

    private let directories: [String]

    init(_ directories: [String] = UnitFiles.directories) {
        self.directories = directories
    }

    /// The paths that a unit's `EnvironmentFile=` lines name, drop-ins included; empty when nothing is known
    /// of the unit. A path with a wildcard, or with a specifier other than the instance's, is left as it is.
    func environmentFiles(of unit: String) -> [String] {
        // A name from /proc is foreign: no path may be made of it.
        guard !unit.utf8.contains(0x2F), !unit.utf8.contains(0), !unit.hasPrefix(".") else {
            return []
        }
        let (template, instance) = Self.template(of: unit)
        let names = [unit, template].compactMap(\.self)
        var texts: [[UInt8]] = []
        let fragments = names.lazy.flatMap { name in directories.lazy.map { "\($0)/\(name)" } }
        if let fragment = fragments.compactMap({ read($0) }).first { texts.append(fragment) }
        for name in names {
            for directory in directories { texts += dropIns("\(directory)/\(name).d") }
        }
        var files: [String] = []
        for text in texts { Self.collect(text, instance: instance, unit: unit, into: &files) }
        return files
    }

    /// `app@.service` and `x` of `app@x.service`.
    private static func template(of unit: String) -> (name: String?, instance: String?) {
        guard let at = unit.firstIndex(of: "@"), let dot = unit.lastIndex(of: "."), at < dot else {
            return (nil, nil)
        }
        let instance = unit[unit.index(after: at)..<dot]
        guard !instance.isEmpty else { return (nil, nil) }
        return (unit[...at] + String(unit[dot...]), String(instance))
    }

    private func dropIns(_ path: String) -> [[UInt8]] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder), names.count < Self.mostDropIns {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".conf"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().compactMap { read("\(path)/\($0)") }
    }

    /// Reads a file of at most 1 MiB; nil when there is none, or it is no plain file.
    private func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= Self.maxSize {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        return nil
    }

    /// Takes in what a unit's file says; an empty assignment drops what was before.
    static func collect(
        _ text: [UInt8], instance: String?, unit: String, into files: inout [String]
    ) {
        for line in text.split(separator: 0x0A) {
            let line = trimmed(line)
            guard line.starts(with: "EnvironmentFile".utf8),
                let equals = line.firstIndex(of: 0x3D),
                trimmed(line[..<equals]).elementsEqual("EnvironmentFile".utf8)
            else { continue }
            var value = trimmed(line[(equals + 1)...])
            guard !value.isEmpty else {
                files = []
                continue
            }
            if value.first == 0x2D { value = value.dropFirst() }
            if value.count > 1, value.first == 0x22, value.last == 0x22 {
                value = value.dropFirst().dropLast()
            }
            files.append(expanded(value, instance: instance, unit: unit))
        }
    }

    private static func expanded(
        _ value: ArraySlice<UInt8>, instance: String?, unit: String
    ) -> String {
        var result: [UInt8] = []
        var rest = value
        while let byte = rest.popFirst() {
            guard byte == 0x25, let specifier = rest.first else {
                result.append(byte)
                continue
            }
            rest = rest.dropFirst()
            switch specifier {
            case 0x25: result.append(0x25)
            case UInt8(ascii: "i"), UInt8(ascii: "I"): result += (instance ?? "").utf8
            case UInt8(ascii: "n"): result += unit.utf8
            default: result += [byte, specifier]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }
}
