import Model
import Support

@testable import Diagnosing

/// The matrix of docs/causes.md: each cause with what is asked, how sure it is, and what to do.
struct CausesDocument {
    /// Whose diagnoses stand for the causes that other stages find; nobody's row is left out.
    static let foundElsewhere: [Cause: String] = [
        .keyInactive: "a second identity asks IAM about the key",
        .keyDeleted: "a second identity asks IAM about the key",
        .userDeleted: "a second identity asks IAM about the user",
        .keyMistyped: "a second identity asks IAM for the user's keys",
        .permissionLost: "the profile's canary is called",
        .quarantined: "the profile's canary is called, and the user's policies are listed",
    ]

    /// The whole file.
    static let text: String = {
        let rows = Cause.allCases.map(row).joined(separator: "\n")
        return """
            # Causes

            What `credwatch` can find, made from the code by a test (`CausesDocumentTests`; with
            `CREDWATCH_WRITE_DOCS=1` it writes this file anew). Words in capitals stand for a machine's own names. `bad` alone counts
            towards a failover. Of several confidences the evidence decides; what else it could be stands beside everything that
            is not certain, with what would tell.

            | code | title | verdict | what is asked | confidence | remedy | others |
            |---|---|---|---|---|---|---|
            \(rows)

            """
    }()

    private static func row(_ cause: Cause) -> String {
        let entries = Representatives.entries.filter { $0.diagnosis.cause == cause }
        let cells: [String]
        if entries.isEmpty {
            cells = [asked(of: cause, []), "by what was asked", "See the evidence.", ""]
        } else {
            cells = [
                asked(of: cause, entries), confidence(entries), remedy(entries), others(entries),
            ]
        }
        return
            "| `\(cause.rawValue)` | \(cause.title) | \(cause.verdict.rawValue) | "
            + cells.map(placeholders).joined(separator: " | ") + " |"
    }

    // MARK: - Cells

    private static func asked(of cause: Cause, _ entries: [Representatives.Entry]) -> String {
        if let elsewhere = foundElsewhere[cause] { return elsewhere }
        let questions: [Question] = [
            .asConfigured, .withoutSessionToken, .regionalEndpoint, .mainRegion,
        ]
        let asked = questions.filter { question in
            entries.contains { $0.asked.contains(question) }
        }
        let always = asked.filter { question in
            entries.allSatisfy { $0.asked.contains(question) }
        }
        let texts = asked.map { words($0) + (always.contains($0) ? "" : ", if need be") }
        return texts.isEmpty ? "nothing of STS" : texts.joined(separator: "; ")
    }

    private static func words(_ question: Question) -> String {
        switch question {
        case .asConfigured: "STS as configured"
        case .mainRegion: "the partition's main region"
        case .withoutSessionToken: "without the session token"
        case .regionalEndpoint: "the region's own endpoint"
        case .otherCredential: "another credential"
        case .withoutForeignCharacters: "without foreign characters"
        }
    }

    private static func confidence(_ entries: [Representatives.Entry]) -> String {
        Confidence.allCases.filter { confidence in
            entries.contains { $0.diagnosis.confidence == confidence }
        }.map(\.rawValue).joined(separator: ", ")
    }

    private static func remedy(_ entries: [Representatives.Entry]) -> String {
        guard let first = entries.first?.diagnosis else { return "" }
        let commands = first.commands.map { "`\($0)`" }.joined(separator: " ")
        return [first.remedy, commands].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func others(_ entries: [Representatives.Entry]) -> String {
        var seen: Set<Cause> = []
        return entries.flatMap(\.diagnosis.others).filter { seen.insert($0.cause).inserted }
            .map { "`\($0.cause.rawValue)`" }.joined(separator: ", ")
    }

    /// Puts words in capitals in the place of the samples' own names, and keeps the table whole.
    private static func placeholders(_ text: String) -> String {
        let names = [
            ("/home/app/.aws/credentials:4:1", "FILE:LINE"),
            ("/home/app/.aws/credentials:5", "FILE:LINE"),
            ("+4 /home/app/.aws/credentials", "+LINE FILE"),
            ("+5 /home/app/.aws/credentials", "+LINE FILE"),
            ("4p /home/app/.aws/credentials", "LINEp FILE"),
            ("5p /home/app/.aws/credentials", "LINEp FILE"),
            ("/home/app/.aws/credentials", "FILE"), (Sample.keyID, "KEY_ID"),
            (Sample.temporaryKeyID, "KEY_ID"), ("https://sts.eu-central-1.amazonaws.com", "URL"),
            ("https://sts.us-east-1.amazonaws.com", "URL"),
            ("sts.eu-central-1.amazonaws.com", "HOST"), ("profile app", "profile PROFILE"),
            ("credwatch explain app", "credwatch explain PROFILE"),
            ("--region eu-central-1", "--region REGION"),
            ("--region-name eu-central-1", "--region-name REGION"),
            ("com.amazonaws.eu-central-1.sts", "com.amazonaws.REGION.sts"), ("|", "\\|"),
        ]
        return names.reduce(text) { text, name in
            text.split(separator: name.0, omittingEmptySubsequences: false)
                .joined(separator: name.1)
        }
    }
}
