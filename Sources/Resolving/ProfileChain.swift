import Model

/// A profile's way to its credentials: somebody's own, and the roles that are assumed with them.
struct ProfileChain {
    /// Where the first credentials come from.
    enum Base {
        case profile(SharedProfile, CredentialSource)
        /// `credential_source`, as the last profile of the chain names it.
        case named(Sourced<String>, SharedProfile)
    }

    var base: Base
    /// The profiles whose roles are assumed, the selected one first.
    var roles: [SharedProfile]

    /// Follows `source_profile` from a profile with a role to somebody's own credentials.
    ///
    /// The keys of a profile that is somebody's source end the chain, also when it has a role too.
    init(from selected: SharedProfile, in files: SharedFiles) throws(ResolveProblem) {
        roles = []
        var seen: Set<String> = []
        var current = selected
        while true {
            seen.insert(current.name)
            if !roles.isEmpty, current.hasWholeKey {
                base = .profile(current, .profileKeys)
                return
            }
            guard current.sources.first == .assumeRole else {
                base = .profile(current, try Self.source(of: current, for: roles.last))
                return
            }
            roles.append(current)
            let source = current.text(.sourceProfile)
            if let named = current.text(.credentialSource) {
                if let source { throw Self.both(current, source) }
                base = .named(named, current)
                return
            }
            guard let source else { throw Self.neither(current) }
            if source.value == current.name {
                base = .profile(current, try Self.ownSource(of: current))
                return
            }
            guard let next = files.profile(source.value) else {
                throw Self.missing(source, in: current, files)
            }
            if seen.contains(next.name) {
                throw Self.loop(roles, to: next.name, source.provenance)
            }
            current = next
        }
    }

    private static func source(
        of profile: SharedProfile, for user: SharedProfile?
    ) throws(ResolveProblem) -> CredentialSource {
        if let source = profile.sources.first { return source }
        throw .badChain(
            what: "\(profile.headers.joined(separator: " and ")) has no credentials",
            user?.place(.sourceProfile) ?? .builtIn("profile \(profile.name)"))
    }

    private static func ownSource(
        of profile: SharedProfile
    ) throws(ResolveProblem) -> CredentialSource {
        if let source = profile.ownSources.first { return source }
        throw .badChain(
            what:
                "[\(profile.name)] names itself as source_profile, and has no credentials of its own",
            profile.place(.sourceProfile))
    }

    private static func both(
        _ profile: SharedProfile, _ source: Sourced<String>
    ) -> ResolveProblem {
        .badChain(
            what:
                "[\(profile.name)] has source_profile (\(source.provenance)) and credential_source, "
                + "and only one of them may be there",
            profile.place(.credentialSource))
    }

    private static func neither(_ profile: SharedProfile) -> ResolveProblem {
        .badChain(
            what: "role_arn needs source_profile, credential_source or web_identity_token_file "
                + "beside it, which [\(profile.name)] does not have",
            profile.place(.roleARN))
    }

    private static func missing(
        _ source: Sourced<String>, in profile: SharedProfile, _ files: SharedFiles
    ) -> ResolveProblem {
        let searched = files.searched(for: source.value).joined(separator: " and ")
        let names = nearestNames(to: source.value, in: files.profileNames)
        let hint = names.isEmpty ? "" : "; there are: \(names.joined(separator: ", "))"
        return .badChain(
            what:
                "there is no profile \(source.value), the source_profile of [\(profile.name)], in "
                + "\(searched)\(hint)",
            source.provenance)
    }

    /// Names a few profiles of the loop only: it may be as long as the file.
    private static func loop(
        _ roles: [SharedProfile], to name: String, _ place: Provenance
    ) -> ResolveProblem {
        let first = roles.firstIndex { $0.name == name } ?? 0
        let loop = roles[first...].map(\.name)
        let shown = loop.count > 6 ? loop.prefix(3) + ["…"] + loop.suffix(2) : loop[...]
        return .badChain(
            what: "the source profiles form a loop: "
                + (shown + [name]).joined(separator: " → "), place)
    }
}
