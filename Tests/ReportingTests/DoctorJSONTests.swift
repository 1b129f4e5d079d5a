import FoundationEssentials
import Model
import Support
import Testing

@testable import Reporting

/// What `credwatch doctor --json` prints, judged by its schema.
@Suite struct DoctorJSONTests {
    private func validate(_ bytes: [UInt8]) async throws -> Subprocess.Outcome {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try put(bytes, at: folder.file("doctor.json"))
        return try await ReportSchema.doctor.validate(folder.file("doctor.json"))
    }

    @Test(.enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() })
    func realOutputFits() async throws {
        for report in [DoctorSamples.healthy, DoctorSamples.troubled, DoctorSamples.offline] {
            let result = try await validate(renderDoctorJSON(report))
            #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
        }
    }

    @Test(
        .enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() },
        arguments: [
            ("\"credwatch-doctor/1\"", "\"credwatch-doctor/2\""),
            ("\"state\": \"problem\"", "\"state\": \"broken\""),
            ("\"cause\": \"malformed_value\"", "\"cause\": \"bad_luck\""),
            ("\"kind\": \"character\"", "\"kind\": \"gossip\""),
            ("\"exit_code\": 2", "\"exit_code\": 9"),
            ("\"failed_in\": \"connect\"", "\"failed_in\": \"the mail\""),
            ("\"requests_left_out\": 2", "\"left_out\": 2"),
        ])
    func anotherFormDoesNotFit(_ part: String, _ replacement: String) async throws {
        let text = String(decoding: renderDoctorJSON(DoctorSamples.troubled), as: UTF8.self)
        let changed = text.replacing(part, with: replacement)
        try #require(changed != text)
        let result = try await validate(Array(changed.utf8))
        #expect(result.ending == .exited(1), "\(result.outputText)\(result.errorText)")
    }

    @Test func statesAndPhasesAreThoseOfTheModel() throws {
        let schema = try JSONDecoder().decode(
            JSON.self, from: Data(content(of: ReportSchema.doctor.path)))
        let parts = schema["properties"]
        for part in DoctorPart.allCases { #expect(parts?[part.rawValue] != nil, "\(part)") }
        let request = parts?["requests"]?["items"]?["properties"]
        #expect(
            Set(request?["failed_in"]?["enum"]?.strings ?? [])
                == Set(TransportPhase.allCases.map(\.rawValue)))
        #expect(parts?["schema"]?["const"]?.strings == [doctorSchema])
    }
}
