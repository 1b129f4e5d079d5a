package import Model

/// A place on this host at which an access key is configured.
package struct KeyPlace: Sendable, Hashable {
    package var accessKeyID: String
    /// For a sentence: `[app] in /home/app/.aws/credentials:4`.
    package var title: String

    package init(accessKeyID: String, title: String) {
        self.accessKeyID = accessKeyID
        self.title = title
    }
}

extension Resolver {
    /// Finds where access keys stand: in every profile of our own shared files, and where the named
    /// profiles take theirs from, which may be files of others.
    ///
    /// Each place comes once. What cannot be read has none; nothing is asked and nothing run.
    package func keyPlaces(
        of profiles: [ProfileConfiguration], within limit: Duration
    ) async -> [KeyPlace] {
        var places: [KeyPlace] = []
        var seen: Set<KeyPlace> = []
        func add(_ id: String?, _ title: String) {
            guard let id else { return }
            let place = KeyPlace(accessKeyID: id, title: title)
            if seen.insert(place).inserted { places.append(place) }
        }
        if let (_, files) = try? await look(
            at: ProfileConfiguration(name: "default"), within: limit)
        {
            for name in files.profileNames.sorted() {
                guard let profile = files.profile(name) else { continue }
                add(profile.text(.accessKeyID)?.value, profile.title(of: .accessKeyID))
            }
        }
        for profile in profiles {
            switch try? await resolve(profile, within: min(limit, profile.timeout)) {
            case .ready(let ready): add(ready.credentials.accessKeyID.value, ready.source)
            case .planned(let plan):
                guard case .keys(let keys)? = plan.steps.first else { continue }
                add(keys.accessKeyID.value, "profile \(profile.name) of credwatch.yaml")
            case nil: continue
            }
        }
        return places
    }
}
