import Model
import Support

@testable import Diagnosing

/// The matrix of docs/causes.md: each cause with what is asked, how sure it is, and what to do.
struct CausesDocument {
    /// The whole file.
    static let text: String = {
        let rows = Cause.allCases.map(row).joined(separator: "\n")
        return """
            # Causes

            What `credwatch` can find, made from the code by a test (`CausesDocumentTests`; with
            `CREDWATCH_WRITE_DOCS=1` it writes this file anew). Words in capitals stand for a machine's own names. `bad` alone counts
            towards a failover; of several verdicts, a canary's denial is `bad` only where `canary_counts: true` says so. Of several
            confidences the evidence decides; what else it could be stands beside everything that is not certain, with what would
            tell. IAM is asked by a second identity, after the refusal was handled, and by the key itself about a quarantine: it
            explains, and changes no verdict.

            | code | title | verdict | what is asked | confidence | remedy | others |
            |---|---|---|---|---|---|---|
            \(rows)

            """
    }()

    private static func row(_ cause: Cause) -> String {
        let entries = Representatives.entries.filter { $0.diagnosis.cause == cause }
        let cells = [
            verdicts(of: cause, entries), asked(entries), confidence(entries), remedy(entries),
            others(entries),
        ]
        return "| `\(cause.rawValue)` | \(cause.title) | "
            + cells.map(placeholders).joined(separator: " | ") + " |"
    }

    // MARK: - Cells

    private static func verdicts(of cause: Cause, _ entries: [Representatives.Entry]) -> String {
        var verdicts = [cause.verdict]
        for entry in entries where !verdicts.contains(entry.diagnosis.verdict) {
            verdicts.append(entry.diagnosis.verdict)
        }
        return verdicts.map(\.rawValue).joined(separator: ", ")
    }

    private static func asked(_ entries: [Representatives.Entry]) -> String {
        let questions: [Question] = [
            .asConfigured, .withoutSessionToken, .regionalEndpoint, .mainRegion,
        ]
        let asked = questions.filter { question in
            entries.contains { $0.asked.contains(question) }
        }
        let always = asked.filter { question in
            entries.allSatisfy { $0.asked.contains(question) }
        }
        var texts = asked.map { words($0) + (always.contains($0) ? "" : ", if need be") }
        if entries.contains(where: \.asksCanary) { texts.append("the profile's canary") }
        let inquiries = InquiryAction.allCases.filter { action in
            entries.contains { $0.inquiries.contains(action) }
        }
        if !inquiries.isEmpty {
            let isAlways = entries.allSatisfy { !$0.inquiries.isEmpty }
            texts.append(
                "IAM (\(inquiries.map { "`\($0.rawValue)`" }.joined(separator: ", ")))"
                    + (isAlways ? "" : ", if need be"))
        }
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
            ("com.amazonaws.eu-central-1.sts", "com.amazonaws.REGION.sts"),
            ("AKIAQNCLJGYSAZAAN740", "RIGHT_KEY_ID"), ("--user-name app", "--user-name USER"),
            ("arn:aws:iam::123456789012:user/team/app", "USER_ARN"), ("user app", "user USER"),
            ("for app and", "for USER and"), ("--profile app", "--profile PROFILE"),
            ("--profile ops", "--profile ASKER"), ("(ops needs", "(ASKER needs"),
            ("--action-names iam:GetUser", "--action-names ACTION"), ("|", "\\|"),
        ]
        return names.reduce(text) { text, name in
            text.split(separator: name.0, omittingEmptySubsequences: false)
                .joined(separator: name.1)
        }
    }
}
