import FoundationEssentials
import Model
import Support
import Testing

@testable import Reporting

@Suite struct StatusSchemaTests {
    func validate(_ bytes: [UInt8]) async throws -> Subprocess.Outcome {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try put(bytes, at: folder.file("status.json"))
        return try await ReportSchema.status.validate(folder.file("status.json"))
    }

    @Test(.enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() })
    func realOutputFits() async throws {
        var hooks = Samples.document
        hooks.groups = Samples.hookResults.map { result in
            var group = Samples.group
            group.hook?.result = result
            return group
        }
        for document in [
            Samples.document, Samples.emptyDocument, hooks, Samples.fullDocument,
        ] {
            let result = try await validate(renderStatus(document))
            #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
        }
    }

    @Test(
        .enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() },
        arguments: [
            ("\"state\": \"failing\"", "\"state\": \"broken\""),
            ("\"cause\": \"key_not_recognized\"", "\"cause\": \"bad_luck\""),
            ("\"kind\": \"note\"", "\"kind\": \"gossip\""),
            ("\"pid\": 123", "\"pid\": \"123\""),
            ("\"credwatch-status/1\"", "\"credwatch-status/2\""),
            ("2026-11-22T14:03:06Z", "2026-11-22 14:03:06"),
            ("\"expires_at\": null", "\"expires\": null"),
            ("\"consecutive_failures\": 3", "\"consecutive_failures\": 3.5"),
            ("\"confidence\": \"likely\"", "\"confidence\": \"sure\""),
            ("\"code\": \"key_old\"", "\"code\": \"key-old\""),
            ("\"severity\": \"error\"", "\"severity\": \"fatal\""),
            ("\"skew_ms\": -125250", "\"skew_ms\": null"),
            ("\"measured_at\"", "\"measured\""),
            ("\"test\": ", "\"proof\": "),
            ("\"clock\"", "\"time\""),
        ])
    func anotherFormDoesNotFit(change: (String, String)) async throws {
        let text = String(decoding: renderStatus(Samples.fullDocument), as: UTF8.self)
        let changed = text.replacing(change.0, with: change.1)
        try #require(changed != text)
        let result = try await validate(Array(changed.utf8))
        #expect(result.ending == .exited(1), "\(result.outputText)\(result.errorText)")
    }

    @Test(.enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() })
    func theExampleOfTheDocumentFits() async throws {
        let root = ReportSchema.status.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(2).joined(separator: "/")
        let text = String(decoding: try content(of: root + "/docs/status.md"), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let example = lines.drop { $0 != "```json" }.dropFirst().prefix { $0 != "```" }
        let result = try await validate(Array(example.joined(separator: "\n").utf8))
        #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
    }

    @Test func enumsAreThoseOfTheModel() throws {
        let schema = try JSONDecoder().decode(
            JSON.self, from: Data(content(of: ReportSchema.status.path)))
        let definitions = try #require(schema["$defs"])
        func names(_ name: String) -> [String]? { definitions[name]?["enum"]?.strings }
        #expect(names("cause") == Cause.allCases.map(\.rawValue))
        #expect(names("verdict") == Verdict.allCases.map(\.rawValue))
        #expect(names("profile_state") == ProfileState.allCases.map(\.rawValue))
        #expect(names("group_state") == GroupState.allCases.map(\.rawValue))
        #expect(names("hook_event") == HookEvent.allCases.map(\.rawValue))
        #expect(names("overall") == Overall.allCases.map(\.rawValue))
        #expect(
            definitions["warnings"]?["items"]?["properties"]?["code"]?["enum"]?.strings
                == AdvisoryKind.allCases.map(\.rawValue))
        #expect(
            definitions["profile"]?["properties"]?["confidence"]?["enum"]?.strings
                == Confidence.allCases.map(\.rawValue))
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
        let finding = kinds.first { $0["properties"]?["kind"]?["const"]?.strings == ["finding"] }
        #expect(
            finding?["properties"]?["severity"]?["enum"]?.strings
                == LintSeverity.allCases.map(\.rawValue))
        let means = definitions["group"]?["properties"]?["moved_by"]
        #expect(means?["enum"]?.strings == MoveMeans.allCases.map(\.rawValue))
        let outcomes = definitions["drill"]?["properties"]?["outcome"]?["anyOf"]?.elements.first
        #expect(outcomes?["enum"]?.strings == DrillOutcome.allCases.map(\.rawValue))
        let results = definitions["hook"]?["properties"]?["result"]?["anyOf"]?.elements.first
        #expect(
            Set(results?["enum"]?.strings ?? [])
                == Set(Samples.hookResults.compactMap { $0.map(name(of:)) }))
    }

    @Test func everyMemberIsDescribed() throws {
        let schema = try JSONDecoder().decode(
            JSON.self, from: Data(content(of: ReportSchema.status.path)))
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
