/// A mapping whose keys were compared with those that are allowed in it.
struct Section {
    var mark: Mark
    private var entries: [YAMLEntry]

    init(mark: Mark, entries: [YAMLEntry]) {
        self.mark = mark
        self.entries = entries
    }

    /// The value of a key, if it is there.
    subscript(key: String) -> YAMLNode? {
        entries.first { $0.key == key }?.value
    }

    /// Where a key stands, or else the mapping.
    func mark(of key: String) -> Mark {
        entries.first { $0.key == key }?.keyMark ?? mark
    }
}

/// The kinds of section with the keys that each allows.
enum SectionKind: CaseIterable {
    case root, defaults, profile, expectation, canary, rotation, group, flap, hook, status, metrics,
        control, aws, heartbeat, switchTarget, mover, serve

    /// The section for a message.
    var name: String {
        switch self {
        case .root: "the config"
        case .defaults: "`defaults`"
        case .profile: "a profile"
        case .expectation: "`expect`"
        case .canary: "a call of `canary`"
        case .rotation: "`rotate`"
        case .group: "a failover group"
        case .flap: "`flap`"
        case .hook: "`hook`"
        case .status: "`status`"
        case .metrics: "`metrics`"
        case .control: "`control`"
        case .aws: "`aws`"
        case .heartbeat: "`heartbeat`"
        case .switchTarget: "a target of `switch`"
        case .mover: "`mover`"
        case .serve: "`serve`"
        }
    }

    var keys: [String] {
        switch self {
        case .root:
            [
                "defaults", "profiles", "failover", "status", "metrics", "state_directory",
                "control", "max_in_flight", "aws", "heartbeat", "mover",
            ]
        case .defaults:
            [
                "interval", "fast_interval", "timeout", "region", "diagnose_with", "max_key_age",
            ]
        case .profile:
            [
                "name", "profile", "source", "environment_file", "unit", "credential", "interval",
                "fast_interval", "timeout", "region", "expect", "diagnose_with", "max_key_age",
                "canary", "canary_counts", "canary_interval", "rotate",
            ]
        case .expectation: ["account", "arn"]
        case .canary: ["action", "service", "method", "url", "expect_status", "region"]
        case .rotation: ["every", "delete_after", "using"]
        case .group:
            [
                "name", "primary", "backups", "fall", "rise", "minimum_span", "hook",
                "equivalent_actions", "switch", "serve", "failback", "failback_span", "flap",
                "cooldown", "max_per_hour", "reminders",
            ]
        case .flap: ["failures", "of"]
        case .hook: ["command", "timeout"]
        case .status: ["file", "prometheus_file", "html_file"]
        case .metrics: ["listen", "allow_remote"]
        case .control: ["socket"]
        case .aws: ["credentials_file", "config_file", "endpoint_url"]
        case .heartbeat: ["url", "fail_url", "interval", "timeout"]
        case .switchTarget: ["credentials_file", "profile", "environment_file", "restart_units"]
        case .mover: ["socket"]
        case .serve: ["listen", "token_file", "users", "duration"]
        }
    }

    /// What to write instead, when somebody gives a single value.
    var example: String {
        switch self {
        case .hook: "{command: [/usr/local/lib/credwatch/switch], timeout: 30s}"
        case .flap: "{failures: 5, of: 20}"
        case .canary: "{action: iam:GetUser}"
        case .rotation: "{every: 90d}"
        case .heartbeat: "{url: https://…, interval: 1m}"
        case .metrics: "{listen: 127.0.0.1:9812}"
        case .switchTarget: "{credentials_file: /home/app/.aws/credentials, profile: app}"
        case .serve: "{listen: 127.0.0.1:9911, token_file: /etc/credwatch/app.token}"
        default: "{" + keys.prefix(2).map { "\($0): …" }.joined(separator: ", ") + "}"
        }
    }
}
