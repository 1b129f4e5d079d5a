import Model
import Resolving

/// A machine as somebody asked about it in public, what its credentials met, and how the matter ended:
/// `machine.json`, `fs/`, `sts.json`, `http.json` and `expected`.
struct Situation {
    let path: String
    /// What was seen and what it turned out to be, a sentence.
    let about: String
    /// The code of the true cause, or of the finding that names it.
    let truth: String
    let variables: [String: String]
    let passwordHome: String?
    let user: UInt32?
    let special: [String: SpecialFile]
    let profile: ProfileConfiguration
    let needs: String?
    let answers: [RecordedAnswer]

    static let names: Set = ["machine.json", "fs", "sts.json", "http.json", "expected"]

    init(_ path: String) throws {
        self.path = path
        let unknown = entries(of: path).filter { !Self.names.contains($0) }
        guard unknown.isEmpty else {
            throw CaseFlaw("\(path) holds \(unknown), not a part of a situation")
        }
        let form = try Form(
            Self.document("machine.json", in: path), "machine.json",
            knowing: [
                "about", "truth", "variables", "passwordHome", "profile", "account", "user",
                "needs", "special",
            ])
        about = try form.required("about")
        truth = try form.required("truth")
        guard Cause(rawValue: truth) != nil || LintCode(rawValue: truth) != nil else {
            throw CaseFlaw("\(path)/machine.json.truth is neither a cause nor a finding")
        }
        variables = try form.texts("variables")
        passwordHome = try form.text("passwordHome")
        user = try form.integer("user").map { UInt32($0) }
        needs = try form.text("needs")
        var special: [String: SpecialFile] = [:]
        if case .object(let files) = form.value("special") ?? .object([:]) {
            for (name, file) in files { special[name] = try SpecialFile(file, name) }
        }
        self.special = special
        let name = try form.text("profile")
        profile = ProfileConfiguration(
            name: name ?? "app", awsProfile: name, origin: name == nil ? .defaultChain : .profile,
            timeout: .seconds(5), defaultRegion: Sourced("us-east-1", from: .builtIn("a case")),
            expected: ExpectedIdentity(account: try form.text("account")))
        answers =
            try Self.list("sts.json", in: path).map { try RecordedAnswer(sts: $0) }
            + Self.list("http.json", in: path).map { try RecordedAnswer(http: $0) }
    }

    private static func document(_ name: String, in path: String) throws -> JSONValue {
        guard let document = JSONValue(parsing: try readFile("\(path)/\(name)")) else {
            throw CaseFlaw("\(path)/\(name) is not JSON")
        }
        return document
    }

    private static func list(_ name: String, in path: String) throws -> [JSONValue] {
        guard exists("\(path)/\(name)") else { return [] }
        guard case .array(let elements) = try document(name, in: path) else {
            throw CaseFlaw("\(path)/\(name) is no list")
        }
        return elements
    }
}
