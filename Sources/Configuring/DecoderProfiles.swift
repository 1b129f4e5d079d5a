import Model

/// The settings that hold for every profile that does not set them itself.
struct ProfileDefaults {
    var interval = Duration.seconds(300)
    var fastInterval = Duration.seconds(20)
    var timeout = Duration.seconds(10)
    var region: Sourced<String>?
    var diagnoseWith: String?
    var maxKeyAge = ProfileConfiguration.defaultMaxKeyAge
}

/// The decoded profiles, and all names that were given, those of refused profiles too.
struct DecodedProfiles {
    var profiles: [ProfileConfiguration] = []
    var names: [String: Mark] = [:]
}

extension Decoder {
    private static let intervals: ClosedRange<Duration> = .seconds(1)...(.seconds(31 * 86_400))
    private static let timeouts: ClosedRange<Duration> = .milliseconds(100)...(.seconds(300))

    /// Decodes `defaults`.
    mutating func defaults(_ node: YAMLNode?) -> ProfileDefaults {
        var defaults = ProfileDefaults()
        guard let section = section(node, .defaults) else { return defaults }
        times(section, &defaults)
        investigation(section, &defaults)
        defaults.region = region(section["region"])
        return defaults
    }

    /// Decodes `profiles`.
    mutating func profiles(
        _ node: YAMLNode?, _ defaults: ProfileDefaults
    ) -> DecodedProfiles {
        var decoded = DecodedProfiles()
        guard let node, let elements = list(node, "`profiles`") else { return decoded }
        if elements.isEmpty {
            report(node.mark, "no-profiles", "`profiles` must name at least one profile to check")
        }
        decoded.profiles.reserveCapacity(elements.count)
        for element in elements {
            if let profile = profile(element, defaults, &decoded.names) {
                decoded.profiles.append(profile)
            }
        }
        return decoded
    }

    private mutating func profile(
        _ node: YAMLNode, _ defaults: ProfileDefaults, _ names: inout [String: Mark]
    ) -> ProfileConfiguration? {
        guard let section = section(node, .profile) else { return nil }
        require("name", in: section, .profile)
        var times = defaults
        self.times(section, &times)
        investigation(section, &times)
        let name = name(section["name"], "`name`")
        if let name { claim(name, section["name"], "profile", &names) }
        let surroundings = surroundings(section)
        let origin = origin(section, surroundings)
        let awsProfile = self.name(section["profile"], "`profile`")
        let region = region(section["region"])
        let expected = expectation(section["expect"])
        let canary = canary(section)
        let rotation = rotation(section["rotate"], of: name)
        guard let name else { return nil }
        if section["diagnose_with"] == nil, times.diagnoseWith == name { times.diagnoseWith = nil }
        refuseItself(section["diagnose_with"], name)
        var profile = ProfileConfiguration(
            name: name, awsProfile: awsProfile, origin: origin, surroundings: surroundings,
            interval: times.interval, fastInterval: min(times.fastInterval, times.interval),
            timeout: times.timeout,
            region: region, defaultRegion: defaults.region, expected: expected,
            diagnoseWith: times.diagnoseWith, maxKeyAge: times.maxKeyAge, canary: canary,
            location: location(section.mark))
        if rotation != nil { profile.rotation = rotation }
        return profile
    }

    /// Reports a name that was given before, or notes it.
    mutating func claim(
        _ name: String, _ node: YAMLNode?, _ what: String, _ names: inout [String: Mark]
    ) {
        guard let mark = node?.mark else { return }
        if let first = names[name] {
            report(
                mark, "duplicate-name",
                "the \(what) \(shown(name)) stands in line \(first.line) already")
        } else {
            names[name] = mark
        }
    }

    /// Decodes the three times, over those that hold otherwise.
    private mutating func times(_ section: Section, _ times: inout ProfileDefaults) {
        let interval = duration(
            section["interval"], "`interval`", in: Self.intervals, tooShort: "interval-too-short")
        let fast = duration(
            section["fast_interval"], "`fast_interval`", in: Self.intervals,
            tooShort: "interval-too-short")
        let timeout = duration(section["timeout"], "`timeout`", in: Self.timeouts)
        times.interval = interval ?? times.interval
        times.fastInterval = fast ?? times.fastInterval
        times.timeout = timeout ?? times.timeout
        // What is inherited gives way without a word; what is written here has to fit together.
        if let fast, let node = section["fast_interval"], fast > times.interval {
            report(
                node.mark, "fast-interval-longer",
                "`fast_interval` (\(fast.text)) must be at most the interval "
                    + "(\(times.interval.text))")
        }
    }

    private mutating func expectation(_ node: YAMLNode?) -> ExpectedIdentity {
        guard let section = section(node, .expectation) else { return ExpectedIdentity() }
        let expected = ExpectedIdentity(
            account: account(section["account"]), arn: arn(section["arn"]))
        if let account = expected.account, let arn = expected.arn {
            let inARN = arn.split(separator: ":", omittingEmptySubsequences: false)[4]
            if inARN != "*", inARN != account {
                report(
                    section.mark(of: "arn"), "account-mismatch",
                    "`arn` is of the account \(inARN), but `account` is \(account)")
            }
        }
        return expected
    }
}
