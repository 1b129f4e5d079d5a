import Model

/// What the SDKs pass over in the profiles that a plan rests on.
extension Planner {
    /// Looks at a profile and its source profiles; at most ``ProfileFile/maxFindings`` notes.
    func notes(on profile: SharedProfile, in files: SharedFiles) -> [Plan.Note] {
        var notes: [Plan.Note] = []
        var seen: Set<String> = []
        var next: SharedProfile? = profile
        while let profile = next, seen.insert(profile.name).inserted {
            notes += profile.notes
            if notes.count >= ProfileFile.maxFindings { break }
            next =
                profile.has(.roleARN)
                ? profile.text(.sourceProfile).flatMap { files.profile($0.value) } : nil
        }
        return Array(notes.prefix(ProfileFile.maxFindings))
    }
}

extension SharedProfile {
    fileprivate var notes: [Plan.Note] {
        var notes = unknownProperties.compactMap { name, location in
            PropertyName(name).note.map { Plan.Note($0, at: location) }
        }
        for property in [KnownProperty.sourceProfile, .credentialSource] where !has(.roleARN) {
            guard let location = location(property) else { continue }
            notes.append(
                Plan.Note("\(property.name) counts beside role_arn only.", at: location))
        }
        return notes
    }

}

/// What the name of a property turns out to be, that resolving does not look at.
enum PropertyName: Equatable {
    /// Of the SDKs, the AWS CLI or another tool.
    case ofOthers
    /// Probably meant to be one of AWS's.
    case misspelt(String)
    case unknown

    /// Judges a name in small letters.
    init(_ name: String) {
        if otherProperties.contains(name) || name.hasPrefix("cli_") || name.hasPrefix("x_") {
            self = .ofOthers
            return
        }
        let meant =
            usualSlips[name] ?? nearestNames(to: name, in: comparableNames, limit: 1).first
        self = meant.map { .misspelt($0) } ?? .unknown
    }

    /// A sentence about it; nil for what other tools are known to use.
    ///
    /// The name itself is not repeated: a secret pasted on a line of its own looks like one.
    fileprivate var note: String? {
        switch self {
        case .ofOthers: nil
        case .misspelt(let meant):
            "The property is none of AWS's; perhaps \(meant) is meant."
        case .unknown: "The property is none of AWS's, and the SDKs skip it."
        }
    }
}

private let comparableNames = KnownProperty.allCases.map(\.name).filter { $0.utf8.count > 5 }

/// Names that people write, and that are too far from the right ones to be found by their letters.
private let usualSlips = [
    "access_key": "aws_access_key_id", "access_key_id": "aws_access_key_id",
    "aws_access_key": "aws_access_key_id", "aws_key": "aws_access_key_id",
    "aws_key_id": "aws_access_key_id", "aws_id": "aws_access_key_id",
    "accesskeyid": "aws_access_key_id", "aws_secret": "aws_secret_access_key",
    "aws_secret_key": "aws_secret_access_key", "secret_access_key": "aws_secret_access_key",
    "secret_key": "aws_secret_access_key", "secretaccesskey": "aws_secret_access_key",
    "aws_secret_key_id": "aws_secret_access_key", "aws_token": "aws_session_token",
    "session_token": "aws_session_token", "sessiontoken": "aws_session_token",
    "aws_session_key": "aws_session_token", "aws_region": "region",
    "aws_default_region": "region", "aws_role_arn": "role_arn",
]

/// Properties of the SDKs and the AWS CLI that have nothing to do with where credentials come from.
private let otherProperties: Set<String> = [
    "account_id_endpoint_mode", "api_versions", "auth_scheme_preference", "ca_bundle",
    "csm_client_id", "csm_enabled", "csm_host", "csm_port", "defaults_mode",
    "disable_host_prefix_injection", "disable_request_compression", "ec2_metadata_v1_disabled",
    "endpoint_discovery_enabled", "max_attempts", "output", "parameter_validation",
    "request_checksum_calculation", "request_min_compression_size_bytes",
    "response_checksum_validation", "retry_mode", "s3", "s3api",
    "s3_disable_multiregion_access_points", "s3_us_east_1_regional_endpoint", "s3_use_arn_region",
    "sdk_ua_app_id", "sigv4a_signing_region_set", "sso_registration_scopes", "tcp_keepalive",
    "user_agent_appid",
]
