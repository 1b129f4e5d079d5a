import Model
import Support
import Testing

@testable import Reporting

/// A report as a person reads it, at 80 columns.
@Suite struct DoctorRenderingTests {
    private func render(
        _ report: DoctorReport, width: Int = 80, color: Bool = false
    ) -> String {
        renderDoctor(report, style: TableStyle(color: color, width: width))
    }

    private func expected(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let path = "\(root.joined(separator: "/"))/Fixtures/doctor/\(name).txt"
        return String(decoding: try content(of: path), as: UTF8.self)
    }

    @Test func aHealthyProfile() throws {
        #expect(try render(DoctorSamples.healthy) == expected("healthy"))
    }

    @Test func nearlyEverythingIsWrong() throws {
        #expect(try render(DoctorSamples.troubled) == expected("troubled"))
    }

    @Test func nobodyWasAsked() {
        let text = render(DoctorSamples.offline)
        #expect(
            text.contains(
                "7. Verdict                                                             not asked"))
        #expect(
            text.hasSuffix("app: unknown: Nobody asked AWS: --offline, so AWS was not asked.\n"))
        #expect(text.contains("Not asked: there was no time left."))
    }

    @Test(arguments: [40, 60, 80, 200])
    func linesFitThePageButForCommandsAndLongWords(_ width: Int) {
        let text = render(DoctorSamples.troubled, width: width)
        for line in text.split(separator: "\n")
        where !line.contains("aws iam") && !line.contains("EDITOR") {
            let words = line.split(separator: " ")
            let longest = words.map(\.count).max() ?? 0
            #expect(line.count <= max(min(width, 100), longest + 12), "\(line)")
        }
        // What is to be copied is whole.
        #expect(text.contains("\"${EDITOR:-vi}\" +3 \(DoctorSamples.file)\n"))
    }

    @Test func colorsEndWhereTheyBegin() {
        let text = render(DoctorSamples.troubled, color: true)
        #expect(text.contains("\u{1B}[1;31mPROBLEM\u{1B}[0m"))
        for line in text.split(separator: "\n") {
            let opened =
                line.split(separator: "\u{1B}[", omittingEmptySubsequences: false).count - 1
            #expect(opened % 2 == 0, "\(line)")
        }
    }

    @Test func noTextOfOthersIsObeyedByTheTerminal() {
        var report = DoctorSamples.troubled
        report.profile = "app\u{1B}[2J\u{202E}"
        report.remedies = [DoctorRemedy("x\u{7}", commands: ["rm \u{1B}]0;x\u{7}"])]
        report.requests[0].path = "/\r\u{9B}"
        report.network.content?.findings = [DoctorFinding("proxy \u{1B}[31m")]
        for text in [render(report), String(decoding: renderDoctorJSON(report), as: UTF8.self)] {
            for scalar in ["\u{1B}", "\u{7}", "\r"] { #expect(!text.contains(scalar)) }
        }
        #expect(!render(report).unicodeScalars.contains("\u{202E}"))
    }

    @Test func noSecretIsShown() {
        var report = DoctorSamples.troubled
        let secret = Sample.secret
        report.configuration.content?.plan?.rows[0].accessKeyID = secret
        report.requests[0].accessKeyID = secret
        report.network.content?.findings = [DoctorFinding("aws_secret_access_key=\(secret)")]
        report.user.notes = ["session token \(Sample.token)"]
        for text in [render(report), String(decoding: renderDoctorJSON(report), as: UTF8.self)] {
            #expect(!text.contains(secret))
            #expect(!text.contains(Sample.token.prefix(20)))
        }
    }
}
