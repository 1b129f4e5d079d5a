import FuzzTargets
import Glibc
import Testing

/// The seeds of `make fuzz` and the inputs that it once found, read again.
@Suite(.timeLimit(.minutes(1)))
struct FuzzTests {
    private static let root =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/fuzz"

    @Test(arguments: FuzzTarget.allCases)
    func `each target reads its seeds, and whatever they become`(_ target: FuzzTarget) throws {
        let folder = "\(Self.root)/\(target.rawValue)"
        let names = entries(of: folder)
        try #require(!names.isEmpty, "\(folder) has no seed")
        var random = Generator(state: 17)
        for name in names {
            let bytes = try #require(content(of: "\(folder)/\(name)"))
            target.run(bytes)
            for _ in 0..<100 { target.run(changed(bytes, &random)) }
        }
        target.run([])
    }

    /// Cuts, doubles and changes a few places.
    private func changed(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            default: bytes.append(contentsOf: bytes[place...])
            }
        }
        return bytes
    }

    private func entries(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private func content(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}

/// A generator whose numbers are the same in each run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
