import Model

@testable import Resolving
@testable import Switching

private let keys = WrittenKeys(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Secret("made/up+of=some0characters1"))
private let session = WrittenKeys(
    accessKeyID: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: Secret("made/up+of=other0characters"),
    sessionToken: Secret("a/made/up/token=="))

/// Whatever a file holds, keys are written into it so that both readers find them, or it is refused.
func switchKeys(_ bytes: [UInt8]) {
    for place: SwitchPlace in [
        .credentialsFile("/f", profile: "app"), .credentialsFile("/f", profile: "default"),
        .configFile("/f", profile: "app"), .configFile("/f", profile: "default"),
        .environmentFile("/f"),
    ] {
        guard let first = write(keys, into: bytes, at: place),
            let second = write(session, into: first, at: place)
        else { continue }
        // What was written once is never refused again.
        let third = write(keys, into: second, at: place)
        expect(third != nil, "keys that cannot be changed again")
        expect(
            third.map(withoutKeys) == withoutKeys(first), "a change that leaves something behind")
    }
}

/// Writes keys, and checks what stands there then; nil when the text is refused.
private func write(
    _ keys: WrittenKeys, into bytes: [UInt8], at place: SwitchPlace
) -> [UInt8]? {
    guard let text = try? KeyText(bytes, of: place) else { return nil }
    guard let new = try? text.edited(keys, in: place) else { return nil }
    expect((try? KeyText(new, of: place))?.holds(keys) == true, "keys that are not there")
    switch place {
    case .credentialsFile(_, let profile): check(new, .credentials, profile, keys)
    case .configFile(_, let profile): check(new, .config, profile, keys)
    case .environmentFile:
        // Where systemd's reader refuses the file, it says so; what a shell exports, it does not see, and a byte
        // order mark, which docker drops, it takes for a part of the first name.
        let isOfOthers =
            new.starts(with: [UInt8].byteOrderMark)
            || String(decoding: new, as: UTF8.self).contains("export")
        guard let file = try? EnvironmentFile(parsing: new, path: "/f"), !isOfOthers else {
            return new
        }
        expect(
            file.variables["AWS_ACCESS_KEY_ID"] == keys.accessKeyID,
            "a file of variables without the key")
    }
    return new
}

/// Checks that the reader of the shared files finds the key, in each section of the profile.
private func check(
    _ bytes: [UInt8], _ kind: ProfileFileKind, _ profile: String, _ keys: WrittenKeys
) {
    guard let file = try? ProfileFile(parsing: bytes, path: "/f", kind: kind) else { return }
    var found: Set<String> = []
    file.forEachSection(.profile, profile) { section in
        for property in file.properties(ofSection: section) where property.known == .accessKeyID {
            let range = Int(property.valueStart)..<Int(property.valueEnd)
            found.insert(String(decoding: bytes[range], as: UTF8.self))
        }
    }
    expect(found == [keys.accessKeyID], "a profile without the key, or with another one")
}

/// The lines that hold no key, for a comparison.
private func withoutKeys(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 0x0A).map(Array.init).filter { line in
        let name = String(decoding: line, as: UTF8.self).lowercased()
        return !name.contains("aws_")
    }
}
