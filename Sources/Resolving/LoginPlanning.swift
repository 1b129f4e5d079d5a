import Model
import Signing

/// The sources that rest on the cache of a login.
extension PlanContext {
    /// A role of IAM Identity Center, by a `[sso-session]` or by the older keys.
    func ssoLogin(_ profile: SharedProfile) throws(ResolveProblem) -> SSOLogin {
        if !profile.has(.ssoAccountID), !profile.has(.ssoRoleName) {
            let property: KnownProperty = profile.has(.ssoSession) ? .ssoSession : .ssoStartURL
            throw .badChain(
                what:
                    "without sso_account_id and sso_role_name, \(property.name) gives a token for "
                    + "services, not credentials", profile.place(property))
        }
        let account = try profile.need(.ssoAccountID, beside: .ssoRoleName)
        let role = try profile.need(.ssoRoleName, beside: .ssoAccountID)
        let session = profile.text(.ssoSession)
        let startURL: Sourced<String>
        let region: Sourced<String>
        if let session {
            let section = try section(session)
            startURL = try value(.ssoStartURL, of: section, session, profile)
            region = try value(.ssoRegion, of: section, session, profile)
        } else {
            startURL = try profile.need(.ssoStartURL, beside: .ssoAccountID)
            region = try profile.need(.ssoRegion, beside: .ssoStartURL)
        }
        try settings.check(region: region, .ssoRegion)
        let key = Sourced(session?.value ?? startURL.value, from: startURL.provenance)
        return SSOLogin(
            session: session?.value, startURL: startURL, region: region.value,
            accountID: account.value, roleName: role.value,
            cacheFile: try cacheFile("~/.aws/sso/cache", .sha1, of: key),
            portalURL: try settings.loginURL(.sso, in: region.value),
            oidcURL: try settings.loginURL(.ssoOIDC, in: region.value),
            user: environment.environment.user)
    }

    private func section(_ session: Sourced<String>) throws(ResolveProblem) -> SharedProfile {
        if let section = files.ssoSession(session.value) {
            try section.refuseEndlessValues()
            return section
        }
        let names = nearestNames(
            to: session.value, in: files.config.file.map { Array($0.ssoSessions.keys) } ?? [])
        let hint = names.isEmpty ? "" : "; there are: \(names.joined(separator: ", "))"
        throw .badChain(
            what: "the config file has no [sso-session \(session.value)]\(hint)",
            session.provenance)
    }

    /// A setting of the session; the profile may repeat it, but not contradict.
    private func value(
        _ property: KnownProperty, of section: SharedProfile, _ session: Sourced<String>,
        _ profile: SharedProfile
    ) throws(ResolveProblem) -> Sourced<String> {
        guard let value = section.text(property) else {
            throw .badChain(
                what: "[sso-session \(session.value)] has no \(property.name)",
                session.provenance)
        }
        if let own = profile.text(property), own.value != value.value {
            throw .badChain(
                what: "\(property.name) is another one than that of [sso-session \(session.value)] "
                    + "(\(value.provenance))", own.provenance)
        }
        return value
    }

    /// The session of `aws login`.
    func loginSession(_ profile: SharedProfile) throws(ResolveProblem) -> LoginSession {
        let session = try profile.need(.loginSession, beside: .loginSession)
        let directory = environment.environment["AWS_LOGIN_CACHE_DIRECTORY"]?.value
        return LoginSession(
            session: session,
            cacheFile: try cacheFile(directory ?? "~/.aws/login/cache", .sha256, of: session),
            signInURL: try settings.loginURL(.signIn, in: place.region.value),
            region: place.region.value, user: environment.environment.user)
    }

    /// The file of a cache that a name leads to.
    private func cacheFile(
        _ directory: String, _ algorithm: DigestAlgorithm, of key: Sourced<String>
    ) throws(ResolveProblem) -> String {
        guard let digest = hexDigest(algorithm, of: key.value) else {
            throw .badChain(
                what: "the cached login has a name by SHA-1, which libcrypto refuses here",
                key.provenance)
        }
        let path = environment.environment.expand("\(directory)/\(digest).json")
        guard !path.hasPrefix("~") else {
            throw .badChain(
                what: "no home directory is known, where the cached login would be", key.provenance)
        }
        return path
    }
}
