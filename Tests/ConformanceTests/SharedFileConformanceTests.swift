import Answers
import Model
import Testing

@testable import Resolving

/// The parser and the finding of the shared AWS files against the cases of the SDKs.
@Suite(.enabled(if: casesFolder != nil, "CREDWATCH_CONFORMANCE names no folder with cases"))
struct SharedFileConformanceTests {
    @Test func `profiles and their properties are as the specification wants them`() throws {
        let count = try Family("profile-parser").judge {
            $0["dialect"]?.text == "spec"
        } _: { value in
            guard let expected = value["expect"] else { return "the case expects nothing" }
            let found: Parsed
            do throws(ResolveProblem) {
                found = try Parsed(
                    config: value["config"]?.text, credentials: value["credentials"]?.text)
            } catch {
                return expected["error"] == nil ? "refused: \(error)" : nil
            }
            if expected["error"] != nil { return "an error is expected" }
            return found.difference(from: expected)
        }
        #expect(count > 0)
    }

    @Test func `the files are where the SDKs look for them`() throws {
        let count = try Family("file-location").judge {
            $0["dialect"]?.text == "spec" && $0["platform"]?.text != "windows"
        } _: { value in
            let environment = AWSEnvironment(
                variables: value["env"]?.texts ?? [:], passwordHome: value["passwd_home"]?.text)
            let paths = SharedFilePaths(environment)
            let found: [String: String?] = [
                "config": paths.config?.value, "credentials": paths.credentials?.value,
                "home": environment.home,
                "profile": Planner(environment).name(
                    of: ProfileConfiguration(name: "", origin: .defaultChain)),
            ]
            for (name, expected) in value["expect"]?.members ?? [:] {
                guard let text = expected.text, let own = found[name], own != text else { continue }
                return "\(name): \(own ?? "none") in place of \(text)"
            }
            return nil
        }
        #expect(count > 0)
    }
}

/// Both files, as names and texts.
private struct Parsed {
    typealias Sections = [String: [String: String]]
    var sections: [String: Sections] = [:]

    init(config: String?, credentials: String?) throws(ResolveProblem) {
        var files: [ProfileFile] = []
        if let config {
            files.append(try ProfileFile(parsing: Array(config.utf8), path: "c", kind: .config))
        }
        if let credentials {
            files.append(
                try ProfileFile(parsing: Array(credentials.utf8), path: "s", kind: .credentials))
        }
        for file in files {
            add("profiles", .profile, Array(file.profileNames), file)
            add("sso_sessions", .ssoSession, Array(file.ssoSessions.keys), file)
            add("services", .services, Array(file.services.keys), file)
        }
    }

    /// The credentials file comes last, and wins.
    private mutating func add(
        _ group: String, _ kind: SectionKind, _ names: [String], _ file: ProfileFile
    ) {
        for name in names {
            for entry in file.entries(of: kind, name) ?? [] {
                sections[group, default: [:]][name, default: [:]][entry.name] =
                    entry.value.reveal()
            }
            sections[group, default: [:]][name, default: [:]].merge([:]) { $1 }
        }
    }

    func difference(from expected: JSONValue) -> String? {
        for group in ["profiles", "sso_sessions", "services"] {
            guard case .object(let wanted)? = expected[group] else { continue }
            let own = sections[group] ?? [:]
            guard Set(own.keys) == Set(wanted.keys) else {
                return "\(group): \(own.keys.sorted()) in place of \(wanted.keys.sorted())"
            }
            for (name, properties) in wanted {
                let wanted = Dictionary(
                    uniqueKeysWithValues: properties.members.map { ($0.lowercased(), text(of: $1)) }
                )
                guard own[name] == wanted else {
                    return "[\(name)]: \(own[name] ?? [:]) in place of \(wanted)"
                }
            }
        }
        return nil
    }

    /// A property as one text; nested ones are lines below an empty value.
    private func text(of value: JSONValue) -> String {
        if let text = value.text ?? value["raw"]?.text { return text }
        return (value["nested"]?.texts ?? [:]).map { "\n\($0) = \($1)" }.joined()
    }
}
