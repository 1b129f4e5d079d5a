import CLinux
import Glibc
import Model
import Resolving
import Switching

/// Finds targets of `switch` that are, by device and inode, the file and the section from which a member has
/// its own keys, and such as could not be written now.
///
/// The first are errors, since the keys would be lost; the second are warnings, for the health of the
/// credentials is watched all the same. Where the privileged half will write, it is asked at the start.
func problemsOfSwitching(in configuration: Configuration, file: String) async
    -> [ConfigurationProblem]
{
    let groups = configuration.groups.filter { !$0.switchTargets.isEmpty }
    guard !groups.isEmpty else { return [] }
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let profiles = Dictionary(
        configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let isOurs = geteuid() == 0 || access(configuration.moverSocket, F_OK) != 0
    let writer = FileSwitcher()
    var problems: [ConfigurationProblem] = []
    for group in groups {
        for name in [group.primary] + group.backups {
            guard let profile = profiles[name],
                let resolution = try? await resolver.resolve(profile)
            else { continue }
            var places = resolution.keyPlaces
            if case .environmentFile(let path) = profile.surroundings {
                places.append(SourceLocation(file: path, line: 0))
            }
            for source in places {
                for target in group.switchTargets where isSame(target.place, as: source) {
                    problems.append(
                        ConfigurationProblem(
                            target.location ?? SourceLocation(file: file, line: 1),
                            rule: "switch-overwrites-member",
                            "\(target.place) is where \(name) itself has its keys (\(source)), and they would be lost; let applications use a profile, or a file, of their own"
                        ))
                }
            }
        }
        guard isOurs else { continue }
        for target in group.switchTargets {
            do throws(SwitchProblem) {
                _ = try writer.inspect(target.place)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        target.location ?? SourceLocation(file: file, line: 1),
                        rule: "switch-unusable",
                        "a failover could not write \(target.place): \(error.reason)",
                        severity: .warning))
            }
        }
    }
    return problems
}

extension Resolution {
    /// Where keys stand that this rests on: those of the profile, or those that a role is assumed with.
    fileprivate var keyPlaces: [SourceLocation] {
        let credentials: [Credentials]
        switch self {
        case .ready(let resolved): credentials = [resolved.credentials]
        case .planned(let plan):
            credentials = plan.steps.compactMap {
                if case .keys(let keys) = $0 { keys } else { nil }
            }
        }
        return credentials.compactMap {
            if case .file(let location) = $0.accessKeyID.provenance { location } else { nil }
        }
    }
}

/// Whether a place is the very file, and for a shared file the very section, that a key stands in.
private func isSame(_ place: SwitchPlace, as source: SourceLocation) -> Bool {
    var one = stat()
    var other = stat()
    guard stat(place.path, &one) == 0, stat(source.file, &other) == 0,
        one.st_dev == other.st_dev, one.st_ino == other.st_ino
    else { return false }
    switch place {
    case .environmentFile: return true
    case .credentialsFile where source.line == 0, .configFile where source.line == 0: return false
    case .credentialsFile(_, let profile):
        return sectionHeader(of: source) == profile
    case .configFile(_, let profile):
        let header = sectionHeader(of: source)
        return header == "profile \(profile)" || (profile == "default" && header == "default")
    }
}

/// The header of the section that a line of a shared file is in; nil when there is none.
private func sectionHeader(of source: SourceLocation) -> String? {
    guard let file = fopen(source.file, "re") else { return nil }
    defer { fclose(file) }
    var header: String?
    var line = 0
    var buffer = [CChar](repeating: 0, count: 4_096)
    var isBegin = true
    while line < source.line, fgets(&buffer, Int32(buffer.count), file) != nil {
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        if isBegin {
            line += 1
            if bytes.first == 0x5B, let end = bytes.firstIndex(of: 0x5D) {
                let words = bytes[1..<end].split { $0 == 0x20 || $0 == 0x09 }
                header = words.map { String(decoding: $0, as: UTF8.self) }
                    .joined(separator: " ")
            }
        }
        isBegin = bytes.last == 0x0A
    }
    return header
}
