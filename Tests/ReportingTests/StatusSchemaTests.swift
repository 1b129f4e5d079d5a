import FoundationEssentials
import Model
import Testing

@testable import Reporting

@Suite struct StatusSchemaTests {
    static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/packaging/status.schema.json"

    /// Validates standard form: the schema and the instance are the arguments; 1 says that it does not fit.
    static let validator = """
        import json, sys
        import jsonschema
        schema, instance = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
        jsonschema.Draft202012Validator.check_schema(schema)
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(instance))
        for error in errors:
            print(error.json_path, error.message)
        sys.exit(1 if errors else 0)
        """

    static func hasValidator() async -> Bool {
        let probe = "import jsonschema; jsonschema.Draft202012Validator"
        return (try? await run(["python3", "-c", probe]))?.status == 0
    }

    func validate(_ bytes: [UInt8]) async throws -> Finished {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try put(bytes, at: folder.file("status.json"))
        return try await run(
            ["python3", "-c", Self.validator, Self.path, folder.file("status.json")])
    }

    @Test(.enabled("python3 has no module jsonschema") { await hasValidator() })
    func realOutputFits() async throws {
        var hooks = Samples.document
        hooks.groups = Samples.hookResults.map { result in
            var group = Samples.group
            group.hook?.result = result
            return group
        }
        for document in [Samples.document, Samples.emptyDocument, hooks] {
            let result = try await validate(renderStatus(document))
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test(
        .enabled("python3 has no module jsonschema") { await hasValidator() },
        arguments: [
            ("\"state\": \"failing\"", "\"state\": \"broken\""),
            ("\"cause\": \"key_not_recognized\"", "\"cause\": \"bad_luck\""),
            ("\"kind\": \"note\"", "\"kind\": \"gossip\""),
            ("\"pid\": 123", "\"pid\": \"123\""),
            ("\"credwatch-status/1\"", "\"credwatch-status/2\""),
            ("2026-11-22T14:03:06Z", "2026-11-22 14:03:06"),
            ("\"expires_at\": null", "\"expires\": null"),
            ("\"consecutive_failures\": 3", "\"consecutive_failures\": 3.5"),
        ])
    func anotherFormDoesNotFit(change: (String, String)) async throws {
        let text = String(decoding: renderStatus(Samples.document), as: UTF8.self)
        let changed = text.replacing(change.0, with: change.1)
        try #require(changed != text)
        let result = try await validate(Array(changed.utf8))
        #expect(result.status == 1, "\(result.output)")
    }

    @Test func enumsAreThoseOfTheModel() throws {
        let schema = try JSONDecoder().decode(JSON.self, from: Data(content(of: Self.path)))
        let definitions = try #require(schema["$defs"])
        func names(_ name: String) -> [String]? { definitions[name]?["enum"]?.strings }
        #expect(names("cause") == Cause.allCases.map(\.rawValue))
        #expect(names("verdict") == Verdict.allCases.map(\.rawValue))
        #expect(names("profile_state") == ProfileState.allCases.map(\.rawValue))
        #expect(names("group_state") == GroupState.allCases.map(\.rawValue))
        #expect(names("hook_event") == HookEvent.allCases.map(\.rawValue))
        #expect(names("overall") == Overall.allCases.map(\.rawValue))
        #expect(schema["properties"]?["schema"]?["const"]?.strings == [statusSchema])

        let kinds = definitions["evidence"]?["oneOf"]?.elements ?? []
        #expect(
            kinds.compactMap { $0["properties"]?["kind"]?["const"]?.strings.first }
                == EvidenceKind.allCases.map(\.rawValue))
        let transport = kinds.first {
            $0["properties"]?["kind"]?["const"]?.strings == ["transport"]
        }
        #expect(
            Set(transport?["properties"]?["phase"]?["enum"]?.strings ?? [])
                == Set(TransportPhase.allCases.map(\.rawValue)))
        let results = definitions["hook"]?["properties"]?["result"]?["anyOf"]?.elements.first
        #expect(
            Set(results?["enum"]?.strings ?? [])
                == Set(Samples.hookResults.compactMap { $0.map(name(of:)) }))
    }

    @Test func everyMemberIsDescribed() throws {
        let schema = try JSONDecoder().decode(JSON.self, from: Data(content(of: Self.path)))
        #expect(undescribed(schema, "$") == [])
    }

    /// Returns the places of members without a description, apart from `kind`, whose value says it all.
    private func undescribed(_ schema: JSON, _ place: String) -> [String] {
        switch schema {
        case .object(let members):
            var places: [String] = []
            if case .object(let properties)? = members["properties"] {
                for (name, property) in properties
                where property["description"] == nil && name != "kind" {
                    places.append("\(place).\(name)")
                }
            }
            return places + members.flatMap { undescribed($0.value, "\(place).\($0.key)") }
        case .array(let elements): return elements.flatMap { undescribed($0, place) }
        case .string, .other: return []
        }
    }
}

/// A JSON value, as far as these tests look at one.
enum JSON: Decodable, Equatable {
    case object([String: JSON])
    case array([JSON])
    case string(String)
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let members = try? container.decode([String: JSON].self) {
            self = .object(members)
        } else if let elements = try? container.decode([JSON].self) {
            self = .array(elements)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else {
            self = .other
        }
    }

    subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text itself, or the texts of an array.
    var strings: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.strings)
        case .object, .other: []
        }
    }
}
