import Model
import Testing

@Suite struct CauseTests {
    /// The codes and verdicts that monitoring and hooks rely on.
    private static let table: [(code: String, verdict: Verdict)] = [
        ("ok", .good),
        ("key_not_recognized", .bad), ("key_inactive", .bad), ("key_deleted", .bad),
        ("user_deleted", .bad), ("key_mistyped", .bad), ("wrong_secret", .bad),
        ("session_expired", .bad),
        ("session_token_missing", .bad), ("leftover_session_token", .bad),
        ("malformed_value", .bad), ("placeholder_credentials", .bad), ("wrong_identity", .bad),
        ("role_denied", .bad), ("web_identity_refused", .bad),
        // A profile with `canary_counts` makes these bad in its diagnosis.
        ("permission_lost", .good), ("quarantined", .good),
        ("clock_skew", .unknown), ("throttled", .unknown), ("network_dns", .unknown),
        ("network_connect", .unknown), ("network_timeout", .unknown),
        ("network_interrupted", .unknown), ("tls", .unknown), ("proxy", .unknown),
        ("not_aws", .unknown), ("aws_outage", .unknown), ("region_not_enabled", .unknown),
        ("wrong_partition", .unknown), ("refusal_unconfirmed", .unknown),
        ("signature_altered", .unknown), ("needs_person", .unknown), ("needs_mfa", .unknown),
        ("login_needed", .unknown), ("process_failed", .unknown), ("source_untrusted", .unknown),
        ("source_unavailable", .unknown), ("access_denied", .unknown),
        ("identity_provider_unreachable", .unknown), ("unrecognized_answer", .unknown),
        ("profile_missing", .unknown), ("file_unreadable", .unknown),
        ("file_malformed", .unknown), ("credentials_incomplete", .unknown),
        ("no_credentials", .unknown), ("unsupported_source", .unknown), ("bad_setting", .unknown),
        ("check_timed_out", .unknown),
    ]

    @Test func `the codes are stable, and there are no others`() {
        #expect(Cause.allCases.map(\.rawValue) == Self.table.map(\.code))
    }

    @Test(arguments: table)
    func `each has its verdict`(code: String, verdict: Verdict) throws {
        #expect(try #require(Cause(rawValue: code)).verdict == verdict)
    }

    @Test(arguments: Cause.allCases)
    func `each has a title for a table`(cause: Cause) {
        let words = cause.title.split(separator: " ")
        #expect((1...5).contains(words.count))
        #expect(!cause.title.hasSuffix("."))
    }

    @Test func `titles tell causes apart`() {
        #expect(Set(Cause.allCases.map(\.title)).count == Cause.allCases.count)
    }
}
