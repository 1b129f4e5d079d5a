import Model
import Testing

@testable import Reporting

@Suite struct CILogTests {
    private static let details = """
            what: AWS does not recognise the access key.
            sure: possible, one of several causes that look the same
            do: Create a new key, or activate this one, and put it into the file.
            run: aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active
            run: credwatch check app
            seen: access key AKIAQNCLJGYSAZAAN74C from [app] in /home/app/.aws/credentials:4
            seen: HTTP status 403
            at: ci/credwatch.yaml:3:5
        """

    private static let advice = """
            note: This is a job of GitHub Actions.
            note: With OpenID Connect no key is stored.
            in .github/workflows/WORKFLOW.yml:
            | permissions:
            |   id-token: write
            trust policy of the role, trust.json:
            | {
            |   "Version": "2012-10-17"
            | }
            once, by an administrator of the account:
            run: aws iam create-role
        """

    private static let rest = """
        healthy app-backup: arn:aws:iam::123456789012:user/backup, access key ASIAY34FZKBOKMUTVV7A
        notice app-backup: key old
            note: The key is 120 days old.
        warning app-backup: canary failed
            note: s3:ListBucket is denied.
            note: run: aws s3 ls
        """

    @Test func `elsewhere the log is lines, the advice first and the sum last`() {
        #expect(
            renderCILog(CISamples.report, at: CISamples.plain) == """
                advice: how this job of GitHub Actions gets a role in place of a key
                \(Self.advice)
                failing app: key not recognised
                \(Self.details)
                \(Self.rest)
                failing: 2 profiles: 1 healthy, 1 failing, 0 unknown

                """)
    }

    @Test func `on GitHub it has groups and annotations`() {
        #expect(
            renderCILog(CISamples.report, at: CISamples.gitHub) == """
                ::warning title=credwatch%3A long-term access key in GitHub Actions::This is a job of GitHub Actions.%0AWith OpenID Connect no key is stored.
                ::group::advice: how this job of GitHub Actions gets a role in place of a key
                \(Self.advice)
                ::endgroup::
                ::group::failing app: key not recognised
                \(Self.details)
                ::endgroup::
                \(Self.rest)
                ::error title=credwatch%3A app is failing%3A key not recognised,file=ci/credwatch.yaml,line=3,col=5::AWS does not recognise the access key.%0Asure: possible, one of several causes that look the same%0Ado: Create a new key, or activate this one, and put it into the file.%0Arun: aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active%0Arun: credwatch check app
                ::warning title=credwatch%3A app-backup%3A canary failed::s3:ListBucket is denied.%0Arun: aws s3 ls
                ::notice title=credwatch%3A app-backup%3A key old::The key is 120 days old.
                failing: 2 profiles: 1 healthy, 1 failing, 0 unknown

                """)
    }

    @Test func `on GitLab it has sections`() {
        let start = "\u{1B}[0Ksection_start:1795356190:credwatch_"
        let end = "\u{1B}[0Ksection_end:1795356190:credwatch_"
        #expect(
            renderCILog(CISamples.report, at: CISamples.gitLab) == """
                \(start)1\r\u{1B}[0Kadvice: how this job of GitHub Actions gets a role in place of a key
                \(Self.advice)
                \(end)1\r\u{1B}[0K
                \(start)2\r\u{1B}[0Kfailing app: key not recognised
                \(Self.details)
                \(end)2\r\u{1B}[0K
                \(Self.rest)
                failing: 2 profiles: 1 healthy, 1 failing, 0 unknown

                """)
    }

    @Test(arguments: CIDialect.allCases)
    func `no foreign text is a command, a line of its own or a secret`(dialect: CIDialect) {
        let site = CISite(dialect, repository: "/w", workingDirectory: "/w")
        let own = renderCILog(CISamples.report, at: site)
        let text = renderCILog(CISamples.hostile, at: site)
        #expect(!text.contains("wJalrXUtnFEMI"))
        #expect(!text.contains("##"))
        #expect(!text.contains("\u{202E}"))
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " }
            if trimmed.hasPrefix("::") {
                #expect(
                    [
                        "::error title=", "::warning title=", "::notice title=", "::group::",
                        "::endgroup::",
                    ]
                    .contains { trimmed.hasPrefix($0) }, "\(line)")
                #expect(dialect == .gitHub)
            } else if dialect == .gitLab, trimmed.hasPrefix("\u{1B}[0Ksection_") {
                #expect(trimmed.unicodeScalars.count { $0 == "\r" } == 1)
            } else {
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
            }
        }
        // As many commands as a harmless check has: none was added.
        func commands(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { $0.hasPrefix("::") }
        }
        #expect(commands(text).count <= commands(own).count + 1)
    }
}
