import Answers
import Model

/// A case as its folder describes it: `env.json`, `fs/`, `sts.json`, `http.json` and `expected.json`.
struct CaseFolder {
    let path: String
    let machine: Machine
    let answers: [RecordedAnswer]
    let expected: Expected

    /// Who asks, where and when.
    struct Machine {
        /// What the case shows, a sentence.
        var about: String
        var variables: [String: String]
        /// The profile that the check names; nil for what an SDK finds with nothing named.
        var profile: String?
        var now: WallTime
        /// The user whose environment it is; nil for the one that runs the test.
        var user: UInt32?
        /// `root`, or `not root`: who has to run the test for the case to mean anything.
        var needs: String?
        /// What a repository cannot hold: pipes, links, modes, long lines.
        var special: [String: SpecialFile]
    }

    static let names: Set = ["env.json", "fs", "sts.json", "http.json", "expected.json"]

    init(_ path: String) throws {
        self.path = path
        let unknown = entries(of: path).filter { !Self.names.contains($0) }
        guard unknown.isEmpty else {
            throw CaseFlaw("\(path) holds \(unknown), not a part of a case")
        }
        machine = try Machine(Self.document("env.json", in: path))
        expected = try Expected(Self.document("expected.json", in: path))
        var answers: [RecordedAnswer] = []
        if exists("\(path)/sts.json") {
            for element in try Self.list("sts.json", in: path) {
                answers.append(try RecordedAnswer(sts: element))
            }
        }
        if exists("\(path)/http.json") {
            for element in try Self.list("http.json", in: path) {
                answers.append(try RecordedAnswer(http: element))
            }
        }
        self.answers = answers
    }

    private static func document(_ name: String, in path: String) throws -> JSONValue {
        guard let document = JSONValue(parsing: try readFile("\(path)/\(name)")) else {
            throw CaseFlaw("\(path)/\(name) is not JSON")
        }
        return document
    }

    private static func list(_ name: String, in path: String) throws -> [JSONValue] {
        guard case .array(let elements) = try document(name, in: path) else {
            throw CaseFlaw("\(path)/\(name) is no list")
        }
        return elements
    }
}

extension CaseFolder.Machine {
    init(_ document: JSONValue) throws {
        let form = try Form(
            document, "env.json",
            knowing: ["about", "variables", "profile", "now", "user", "needs", "special"])
        about = try form.required("about")
        variables = try form.texts("variables")
        profile = try form.text("profile")
        let time = try form.text("now") ?? "2026-11-22T14:00:00Z"
        guard let now = WallTime(parsing: time) else { throw CaseFlaw("env.json.now is no time") }
        self.now = now
        user = try form.integer("user").map { UInt32($0) }
        needs = try form.text("needs")
        guard needs == nil || needs == "root" || needs == "not root" else {
            throw CaseFlaw("env.json.needs is neither root nor not root")
        }
        special = [:]
        guard case .object(let files) = form.value("special") ?? .object([:]) else {
            throw CaseFlaw("env.json.special is no object")
        }
        for (name, file) in files { special[name] = try SpecialFile(file, name) }
    }
}

/// A file that a repository cannot hold.
struct SpecialFile {
    enum Kind {
        case directory, pipe
        case link(to: String)
        /// A text so many times.
        case text(String, times: Int)
        /// The file of `fs/`, with another mode or owner.
        case copy
    }

    var kind: Kind
    var mode: UInt32?
    var owner: UInt32?

    init(_ value: JSONValue, _ name: String) throws {
        let form = try Form(
            value, "special.\(name)",
            knowing: ["kind", "target", "text", "times", "mode", "owner"])
        switch try form.required("kind") {
        case "directory": kind = .directory
        case "pipe": kind = .pipe
        case "link": kind = .link(to: try form.required("target"))
        case "text":
            kind = .text(try form.required("text"), times: try form.integer("times") ?? 1)
        case "copy": kind = .copy
        case let other: throw CaseFlaw("special.\(name) has the kind \(other), which is none")
        }
        mode = try form.text("mode").flatMap { UInt32($0, radix: 8) }
        owner = try form.integer("owner").map { UInt32($0) }
    }
}
