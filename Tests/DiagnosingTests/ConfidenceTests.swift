import Model
import Support
import Testing

@testable import Diagnosing

/// How sure a diagnosis is, what else it names, and what there is to be done about it.
@Suite struct ConfidenceTests {
    @Test(
        arguments: [
            ("key unknown at both", Confidence.possible, Cause.keyInactive),
            ("key of another account than expected", .possible, .wrongIdentity),
            ("session unknown at both", .possible, .malformedValue),
            ("key unknown, no other region to ask", .possible, .keyInactive),
            ("wrong secret, another passed", .certain, nil),
            ("wrong secret, another passed minutes ago", .likely, .signatureAltered),
            ("wrong secret, nobody else is known", .possible, .signatureAltered),
            ("signature mismatch of all", .likely, .wrongSecret),
            ("key unknown in the region only", .likely, .refusalUnconfirmed),
            ("version 1 token in an opt-in region", .possible, .badSetting),
            ("key unknown, main region throttles", .possible, .keyNotRecognized),
            ("signature mismatch, the main region accepts", .possible, .badSetting),
            ("leftover token, unreachable without", .possible, .regionNotEnabled),
            ("session expired", .certain, nil),
            ("session expired of a key without a token", .likely, .keyNotRecognized),
            ("request expired, clock good, session", .likely, .clockSkew),
            ("request expired, clock not known", .possible, .sessionExpired),
            ("clock behind", .certain, nil),
            ("clock wrong, key unknown", .likely, .keyNotRecognized),
            ("clock wrong, another identity", .likely, .wrongIdentity),
            ("captive portal", .likely, .badSetting),
            ("throttled as 400", .certain, nil),
            ("another account", .certain, nil),
        ] as [(String, Confidence, Cause?)])
    func `as sure as can be`(_ name: String, _ confidence: Confidence, _ other: Cause?) throws {
        let row = try #require(Row.all.first { $0.name == name })
        let found = try #require(Interrogation(row.subject, row.answers).diagnosis)
        #expect(found.confidence == confidence)
        #expect(found.others.first?.cause == other)
    }

    @Test func `others stand beside everything that is not certain, and in whole words`() {
        for (name, found) in Representatives.all {
            #expect(found.others.isEmpty == (found.confidence == .certain), "\(name)")
            for other in found.others {
                #expect(other.cause != found.cause, "\(name)")
                #expect(!other.what.hasSuffix(".") && other.what.first?.isUppercase != true)
                #expect(other.test.hasSuffix(".") && !other.test.hasSuffix(".."))
            }
            for command in found.commands {
                #expect(!command.isEmpty && !command.contains("\n") && !command.contains("`"))
                // An empty word would be a name that is not known.
                #expect(!command.contains("  "), "\(name): \(command)")
            }
        }
    }

    @Test func `most that is wrong has a command`() {
        let without = Set(
            Representatives.all.filter { $0.diagnosis.commands.isEmpty }.map(\.diagnosis.cause))
        // Who waits for AWS or a person runs none.
        #expect(without == [.ok, .awsOutage, .needsPerson, .unrecognizedAnswer])
    }

    @Test func `an accepted key has nothing to say beside`() throws {
        let found = try #require(
            Interrogation(Sample.subject(), [.asConfigured: Sample.accepted()]).diagnosis)
        #expect(found.commands.isEmpty && found.others.isEmpty && found.remedy.isEmpty)
        #expect(found.confidence == .certain)
        #expect(found.evidence == [.requestID(Sample.requestID)])
    }

    @Test func `commands name what is known`() throws {
        func commands(_ name: String) throws -> [String] {
            let row = try #require(Row.all.first { $0.name == name })
            return try #require(Interrogation(row.subject, row.answers).diagnosis).commands
        }
        #expect(
            try commands("key unknown at both") == [
                "aws iam get-access-key-last-used --access-key-id \(Sample.keyID)",
                "aws iam list-access-keys --user-name USER",
                "aws iam update-access-key --user-name USER --access-key-id \(Sample.keyID) --status Active",
                "\"${EDITOR:-vi}\" +4 /home/app/.aws/credentials",
            ])
        #expect(try commands("leftover token, good without") == ["unset AWS_SESSION_TOKEN"])
        #expect(
            try commands("clock behind") == ["timedatectl status", "timedatectl set-ntp true"])
        let login = ObtainProblem(.sso, .loginNeeded("it is over"), at: Sample.place)
        #expect(
            diagnosis(of: login, profile: "app", login: "my profile").commands == [
                "aws sso login --profile 'my profile'"
            ])
    }
}
