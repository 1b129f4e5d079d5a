/// Where a check takes its credentials from.
package enum ProfileOrigin: String, Sendable, Hashable, CaseIterable {
    /// The named profile of the shared AWS files, as an application that names it would.
    case profile
    /// What an SDK finds with nothing named: environment keys, then AWS_PROFILE or `default`.
    case defaultChain = "default_chain"
}

/// Whose environment a check takes its credentials from.
package enum Surroundings: Sendable, Hashable {
    /// That of credwatch itself.
    case own
    /// What a file in the syntax of systemd's `EnvironmentFile=` sets; the absolute path.
    case environmentFile(String)
    /// That of a running service's main process: `app.service`.
    case unit(String)
    /// That of a process, by its id.
    case process(Int32)
    /// A file in systemd's `$CREDENTIALS_DIRECTORY`; its name there.
    case credential(String)
}

/// The identity that a credential must have.
package struct ExpectedIdentity: Sendable, Hashable {
    package var account: String?
    package var arn: String?

    package init(account: String? = nil, arn: String? = nil) {
        self.account = account
        self.arn = arn
    }
}

/// The program that a group runs, as an argument vector; no shell.
package struct HookConfiguration: Sendable, Hashable {
    package var command: [String]
    package var timeout: Duration
    package var location: SourceLocation?

    package init(
        command: [String], timeout: Duration = .seconds(30), location: SourceLocation? = nil
    ) {
        self.command = command
        self.timeout = timeout
        self.location = location
    }
}

/// Who moves a group back once its primary is good again.
package enum FailbackMode: String, Sendable, Hashable, CaseIterable {
    /// An operator does, with `credwatch failback`.
    case manual
    case auto
}

/// When a primary counts as flapping: so many bad ones among its last answers.
package struct FlapRule: Sendable, Hashable {
    package var failures: Int
    package var of: Int

    package init(failures: Int, of: Int) {
        self.failures = failures
        self.of = of
    }
}

/// What a group may do by itself beside the first failover.
package struct FailoverPolicy: Sendable, Hashable {
    package var failback: FailbackMode
    /// How long the primary must have been good before an automatic way back, on top of `rise`.
    package var failbackSpan: Duration
    /// Nil looks for no flapping.
    package var flap: FlapRule?
    /// The least time from the end of one move of the daemon's own to the next.
    package var cooldown: Duration
    /// How many failovers of the daemon's own there may be within an hour; nil sets no limit.
    package var mostPerHour: Int?
    /// Whether people are reminded 1, 2, 4, … days after a failover that the group still uses a backup.
    package var reminds: Bool

    package init(
        failback: FailbackMode = .manual, failbackSpan: Duration = .seconds(900),
        flap: FlapRule? = nil, cooldown: Duration = .zero, mostPerHour: Int? = nil,
        reminds: Bool = true
    ) {
        self.failback = failback
        self.failbackSpan = failbackSpan
        self.flap = flap
        self.cooldown = cooldown
        self.mostPerHour = mostPerHour
        self.reminds = reminds
    }
}

/// A primary with its backups.
package struct GroupConfiguration: Sendable, Hashable {
    package var name: String
    package var primary: String
    /// In the order of preference; at least one.
    package var backups: [String]
    /// How many bad answers confirm a failure.
    package var fall: Int
    /// How many good answers in a row say that the primary is back.
    package var rise: Int
    /// The least time from the first to the last of the bad answers.
    package var minimumSpan: Duration
    package var hook: HookConfiguration?
    /// Where the active credential is written to, before the hook runs.
    package var switchTargets: [SwitchTarget] = []
    package var policy = FailoverPolicy()
    /// Nil hands its credentials out to nobody.
    package var serve: ServeConfiguration?
    /// What primary and backups must both be allowed to do; empty asks nothing.
    package var equivalentActions: [EquivalentAction]
    package var location: SourceLocation?
    /// Where the config names the primary.
    package var primaryLocation: SourceLocation?
    /// Where the config names each backup, in the order of `backups`; empty when it came from elsewhere.
    package var backupLocations: [SourceLocation]

    package init(
        name: String, primary: String, backups: [String], fall: Int = 3, rise: Int = 2,
        minimumSpan: Duration = .seconds(90), hook: HookConfiguration? = nil,
        equivalentActions: [EquivalentAction] = [], location: SourceLocation? = nil,
        primaryLocation: SourceLocation? = nil,
        backupLocations: [SourceLocation] = []
    ) {
        self.name = name
        self.primary = primary
        self.backups = backups
        self.fall = fall
        self.rise = rise
        self.minimumSpan = minimumSpan
        self.hook = hook
        self.equivalentActions = equivalentActions
        self.location = location
        self.primaryLocation = primaryLocation
        self.backupLocations = backupLocations
    }

    /// Whether moving it means to run something; else it is only said which profile is in use.
    package var hasMoves: Bool { hook != nil || !switchTargets.isEmpty }
}

/// Overrides of where the AWS settings come from; nil leaves it to the environment, as the SDKs do.
package struct AWSOverrides: Sendable, Hashable {
    package var credentialsFile: Sourced<String>?
    package var configFile: Sourced<String>?
    package var endpointURL: Sourced<String>?

    package init(
        credentialsFile: Sourced<String>? = nil, configFile: Sourced<String>? = nil,
        endpointURL: Sourced<String>? = nil
    ) {
        self.credentialsFile = credentialsFile
        self.configFile = configFile
        self.endpointURL = endpointURL
    }
}

/// Where a heartbeat goes.
package struct HeartbeatTarget: Sendable, Hashable {
    /// An http or https URL; what stands after the host is a token by which the service knows us.
    package var url: Secret
    /// The host by itself, for people.
    package var host: String

    package init(url: Secret, host: String) {
        self.url = url
        self.host = host
    }
}

/// The dead-man service that is told that credwatch does its work, and that alarms when it is not.
package struct HeartbeatConfiguration: Sendable, Hashable {
    package var target: HeartbeatTarget
    /// What is asked in its place while the state of everything is failing.
    package var failTarget: HeartbeatTarget?
    package var interval: Duration
    package var timeout: Duration

    package init(
        target: HeartbeatTarget, failTarget: HeartbeatTarget? = nil,
        interval: Duration = .seconds(60), timeout: Duration = .seconds(10)
    ) {
        self.target = target
        self.failTarget = failTarget
        self.interval = interval
        self.timeout = timeout
    }
}

/// The whole of credwatch.yaml, decoded and with its defaults filled in.
package struct Configuration: Sendable, Hashable {
    package var profiles: [ProfileConfiguration]
    package var groups: [GroupConfiguration]
    package var statusFile: String
    /// Where the same is written as metrics, for the textfile collector of node_exporter.
    package var metricsFile: String?
    /// Where the same is written as a page for a browser.
    package var pageFile: String?
    /// Where the same is served by HTTP; nil for nowhere.
    package var metricsListener: MetricsListener?
    package var stateDirectory: String
    package var controlSocket: String
    /// How many checks run at the same time; nil lets the number of profiles decide.
    package var maxInFlight: Int?
    package var aws: AWSOverrides
    /// Nil sends none.
    package var heartbeat: HeartbeatConfiguration?
    /// Where the privileged half listens that writes other users' files, if it is there.
    package var moverSocket = Configuration.defaultMoverSocket

    package init(
        profiles: [ProfileConfiguration], groups: [GroupConfiguration] = [],
        statusFile: String = Configuration.defaultStatusFile, metricsFile: String? = nil,
        pageFile: String? = nil,
        metricsListener: MetricsListener? = nil,
        stateDirectory: String = "/var/lib/credwatch",
        controlSocket: String = Configuration.defaultControlSocket, maxInFlight: Int? = nil,
        aws: AWSOverrides = AWSOverrides(), heartbeat: HeartbeatConfiguration? = nil
    ) {
        self.heartbeat = heartbeat
        self.profiles = profiles
        self.groups = groups
        self.statusFile = statusFile
        self.metricsFile = metricsFile
        self.pageFile = pageFile
        self.metricsListener = metricsListener
        self.stateDirectory = stateDirectory
        self.controlSocket = controlSocket
        self.maxInFlight = maxInFlight
        self.aws = aws
    }

    package static let defaultFile = "/etc/credwatch/credwatch.yaml"
    package static let defaultControlSocket = "/run/credwatch/control.sock"
    package static let defaultMoverSocket = "/run/credwatch-mover.sock"
    package static let defaultStatusFile = "/run/credwatch/status.json"
}

/// One thing wrong with a config: where, what, and what is allowed.
package struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable, CaseIterable {
        /// The config is used as it is.
        case warning
        /// The config is refused.
        case error
    }

    package var location: SourceLocation
    /// A stable code like `unknown-key`, the name of the fixture that shows it.
    package var rule: String
    package var message: String
    package var severity: Severity

    package init(
        _ location: SourceLocation, rule: String, _ message: String, severity: Severity = .error
    ) {
        self.location = location
        self.rule = rule
        self.message = message
        self.severity = severity
    }

    package var isError: Bool { severity == .error }

    /// `file:line:column: message [rule]`.
    package var description: String { "\(location): \(message) [\(rule)]" }
}
