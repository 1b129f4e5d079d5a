import Model

/// Where a group's active credential is written to.
extension Decoder {
    /// Each is looked at, written and probed before the next, while a dead key waits.
    private static let mostTargets = 32
    private static let mostUnits = 32

    /// Decodes `switch`: one target, or a list of them.
    mutating func switchTargets(_ node: YAMLNode?) -> [SwitchTarget] {
        guard let node else { return [] }
        guard case .sequence(let elements) = node.content else {
            return switchTarget(node).map { [$0] } ?? []
        }
        if elements.isEmpty {
            report(node.mark, "no-targets", "`switch` must name at least one file")
        }
        if elements.count > Self.mostTargets {
            report(
                node.mark, "out-of-range",
                "`switch` must have at most \(Self.mostTargets) targets, not \(elements.count)")
        }
        return elements.prefix(Self.mostTargets).compactMap { switchTarget($0) }
    }

    private mutating func switchTarget(_ node: YAMLNode) -> SwitchTarget? {
        guard let section = section(node, .switchTarget) else { return nil }
        let units = units(section["restart_units"])
        guard let place = place(section) else { return nil }
        return SwitchTarget(place, restartUnits: units, location: location(section.mark))
    }

    private mutating func place(_ section: Section) -> SwitchPlace? {
        if section["environment_file"] != nil {
            for key in ["credentials_file", "profile"] where section[key] != nil {
                report(
                    section.mark(of: key), "conflicting-keys",
                    "`\(key)` cannot stand beside `environment_file`; a target is one file")
            }
            let path = path(section["environment_file"], "`environment_file`")
            return path.map { .environmentFile($0) }
        }
        guard section["credentials_file"] != nil else {
            report(
                section.mark, "missing-key",
                "a target of `switch` needs `credentials_file` with `profile`, or `environment_file`"
            )
            return nil
        }
        require("profile", in: section, .switchTarget)
        let path = path(section["credentials_file"], "`credentials_file`")
        let profile = sectionName(section["profile"])
        guard let path, let profile else { return nil }
        return .credentialsFile(path, profile: profile)
    }

    /// Takes a node as a profile's name that can stand in the header of a section.
    private mutating func sectionName(_ node: YAMLNode?) -> String? {
        guard let node, let name = name(node, "`profile`") else { return nil }
        guard !name.utf8.contains(where: { $0 == 0x5D || $0 == 0x5B || $0 == 0x23 || $0 == 0x3B })
        else {
            report(
                node.mark, "invalid-name",
                "`profile` must not hold a bracket, # or ;, which end the header of a section")
            return nil
        }
        return name
    }

    private mutating func units(_ node: YAMLNode?) -> [String] {
        let what = "`restart_units`"
        guard let node, let elements = list(node, what) else { return [] }
        if elements.count > Self.mostUnits {
            report(
                node.mark, "out-of-range",
                "\(what) must have at most \(Self.mostUnits) units, not \(elements.count)")
        }
        var units: [String] = []
        for element in elements.prefix(Self.mostUnits) {
            guard let unit = unit(element, what) else { continue }
            if unit == "credwatch.service" {
                report(element.mark, "restarts-itself", "\(what) names credwatch itself")
            } else if units.contains(unit) {
                report(
                    element.mark, "duplicate-name", "\(what) names \(shown(unit)) twice")
            } else {
                units.append(unit)
            }
        }
        return units
    }

    // MARK: The whole

    /// Reports targets that would destroy the source of a member, and a place that is switched twice.
    ///
    /// By the words of the config; links and default paths are looked at where files may be read.
    mutating func checkSwitching(_ configuration: Configuration) {
        let profiles = Dictionary(
            configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let shared = configuration.aws.credentialsFile?.value
        var taken: [SwitchPlace: String] = [:]
        for group in configuration.groups {
            for target in group.switchTargets {
                let mark = target.location.map { Mark(line: $0.line, column: $0.column) }
                guard let mark else { continue }
                for name in [group.primary] + group.backups {
                    guard let member = profiles[name], member.isSource(target.place, shared)
                    else { continue }
                    report(
                        mark, "switch-overwrites-member",
                        "\(shown(target.place.description)) is where \(shown(name)) itself has its keys, and "
                            + "they would be lost; let applications use a profile, or a file, of their own"
                    )
                }
                let place = target.place
                if let other = taken[place] {
                    let owner = other == group.name ? "this group" : "the group \(shown(other))"
                    report(
                        mark, "duplicate-target",
                        "\(shown(place.description)) is written for \(owner) already")
                } else {
                    taken[place] = group.name
                }
            }
        }
    }
}

extension ProfileConfiguration {
    /// Whether a place is what this profile is read from; `shared` is the credentials file of the config.
    fileprivate func isSource(_ place: SwitchPlace, _ shared: String?) -> Bool {
        switch place {
        case .credentialsFile(let path, let profile):
            surroundings == .own && origin == .profile && path == shared && profile == awsProfile
        case .configFile: false
        case .environmentFile(let path): surroundings == .environmentFile(path)
        }
    }
}
