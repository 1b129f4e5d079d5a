import Model

extension Decoder {
    private static let counts = 1...100
    private static let spans: ClosedRange<Duration> = .zero...(.seconds(86_400))
    private static let hookTimes: ClosedRange<Duration> = .milliseconds(100)...(.seconds(3_600))

    /// Decodes `failover`; `profiles` are the names that groups may use.
    mutating func groups(
        _ node: YAMLNode?, profiles: [String: Mark]
    ) -> [GroupConfiguration] {
        var names: [String: Mark] = [:]
        var primaries: [String: (group: String, line: Int)] = [:]
        var groups: [GroupConfiguration] = []
        for element in list(node, "`failover`") ?? [] {
            guard let group = group(element, profiles, &names) else { continue }
            if let other = primaries[group.primary] {
                report(
                    Mark(group.primaryLocation, else: element.mark), "shared-primary",
                    "\(shown(group.primary)) is the primary of the group \(shown(other.group)) in "
                        + "line \(other.line) already; one failure would start two moves")
            } else {
                primaries[group.primary] = (group.name, element.mark.line)
            }
            groups.append(group)
        }
        return groups
    }

    private mutating func group(
        _ node: YAMLNode, _ profiles: [String: Mark], _ names: inout [String: Mark]
    ) -> GroupConfiguration? {
        guard let section = section(node, .group) else { return nil }
        for key in ["name", "primary", "backups"] { require(key, in: section, .group) }
        let name = name(section["name"], "`name`")
        if let name { claim(name, section["name"], "group", &names) }
        let primary = member(section["primary"], "`primary`", "unknown-primary", profiles)
        let backups = backups(section["backups"], primary: primary, profiles)
        let fall = integer(section["fall"], "`fall`", in: Self.counts)
        let rise = integer(section["rise"], "`rise`", in: Self.counts)
        let span = duration(section["minimum_span"], "`minimum_span`", in: Self.spans)
        let hook = hook(section["hook"])
        let equivalentActions = equivalentActions(section["equivalent_actions"])
        let targets = switchTargets(section["switch"])
        let serve = serve(section["serve"])
        let policy = failoverPolicy(section)
        guard let name, let primary, let backups else { return nil }
        var group = GroupConfiguration(
            name: name, primary: primary, backups: backups.map(\.name), fall: fall ?? 3,
            rise: rise ?? 2, minimumSpan: span ?? .seconds(90), hook: hook,
            equivalentActions: equivalentActions, location: location(section.mark),
            primaryLocation: section["primary"].map { location($0.mark) },
            backupLocations: backups.map { location($0.mark) })
        group.switchTargets = targets
        group.serve = serve
        group.policy = policy
        return group
    }

    /// Takes a node as the name of a configured profile.
    private mutating func member(
        _ node: YAMLNode?, _ what: String, _ rule: String, _ profiles: [String: Mark]
    ) -> String? {
        guard let node, let name = name(node, what) else { return nil }
        guard profiles[name] != nil else {
            let advice = suggestion(for: name, among: profiles.keys.sorted())
            report(
                node.mark, rule,
                "\(what) names \(shown(name)), which is not among `profiles`\(advice)")
            return nil
        }
        return name
    }

    private mutating func backups(
        _ node: YAMLNode?, primary: String?, _ profiles: [String: Mark]
    ) -> [(name: String, mark: Mark)]? {
        guard let node, let elements = list(node, "`backups`") else { return nil }
        if elements.isEmpty {
            report(node.mark, "no-backups", "`backups` must name at least one profile")
        }
        var backups: [(name: String, mark: Mark)] = []
        for element in elements {
            guard let name = member(element, "`backups`", "unknown-backup", profiles) else {
                continue
            }
            if name == primary {
                report(
                    element.mark, "backup-is-primary",
                    "\(shown(name)) is the group's primary and cannot be its own backup")
            } else if backups.contains(where: { $0.name == name }) {
                report(
                    element.mark, "duplicate-backup",
                    "\(shown(name)) stands among the backups already")
            } else {
                backups.append((name, element.mark))
            }
        }
        return backups
    }

    private mutating func hook(_ node: YAMLNode?) -> HookConfiguration? {
        guard let section = section(node, .hook) else { return nil }
        require("command", in: section, .hook)
        let timeout = duration(section["timeout"], "`timeout`", in: Self.hookTimes)
        guard let command = command(section["command"]) else { return nil }
        return HookConfiguration(
            command: command, timeout: timeout ?? .seconds(30), location: location(section.mark))
    }

    private mutating func command(_ node: YAMLNode?) -> [String]? {
        let what = "`command`"
        guard let node else { return nil }
        guard case .sequence(let elements) = node.content else {
            reportType(
                node, what,
                "a list like [/usr/local/lib/credwatch/switch, --now] (no shell reads it)")
            return nil
        }
        guard let first = elements.first else {
            report(node.mark, "no-command", "\(what) must name a program")
            return nil
        }
        let program = path(first, "the program in \(what)")
        var arguments: [String] = []
        for element in elements.dropFirst() {
            guard let text = text(element, "an argument in \(what)") else { continue }
            if text.utf8.contains(0) {
                report(
                    element.mark, "invalid-argument", "an argument in \(what) must not hold U+0000")
            }
            arguments.append(text)
        }
        return program.map { [$0] + arguments }
    }
}

extension Mark {
    /// Takes over a location, or another mark when there is none.
    fileprivate init(_ location: SourceLocation?, else mark: Mark) {
        self = location.map { Mark(line: $0.line, column: $0.column) } ?? mark
    }
}
