/// One thing that was found, and whether it is worth a warning.
package struct DoctorFinding: Sendable, Hashable {
    /// A sentence.
    package var sentence: String
    package var isWarning: Bool

    package init(_ sentence: String, isWarning: Bool = false) {
        self.sentence = sentence
        self.isWarning = isWarning
    }
}

/// Whose the credentials are, by AWS's own word.
package struct DoctorIdentity: Sendable {
    package var result: CheckResult
    package var expected: ExpectedIdentity
    /// What AWS said to the values without the characters that do not belong; nil when all belong.
    package var cleaned: CleanedValues?

    package init(
        result: CheckResult, expected: ExpectedIdentity, cleaned: CleanedValues? = nil
    ) {
        self.result = result
        self.expected = expected
        self.cleaned = cleaned
    }
}

/// A character that was taken out of a value.
package struct ForeignCharacter: Sendable, Hashable {
    /// `secret access key`.
    package var field: String
    /// `U+200B ZERO WIDTH SPACE`.
    package var name: String
    /// Counted from 1 in the value as it is written.
    package var position: Int
    package var place: Provenance

    package init(field: String, name: String, position: Int, place: Provenance) {
        self.field = field
        self.name = name
        self.position = position
        self.place = place
    }
}

/// What AWS says to the credentials once the characters that do not belong are taken out.
package struct CleanedValues: Sendable, Hashable {
    package var removed: [ForeignCharacter]
    /// Nil when AWS did not say.
    package var isAccepted: Bool?
    /// A clause: `accepted as arn:…`, `InvalidClientTokenId`.
    package var answer: String

    package init(removed: [ForeignCharacter], isAccepted: Bool?, answer: String) {
        self.removed = removed
        self.isAccepted = isAccepted
        self.answer = answer
    }
}

/// What IAM says about the user and its keys, when another identity asks.
package struct DoctorUser: Sendable, Hashable {
    /// The profile that asked; nil when nobody did.
    package var askedBy: String?
    package var evidence: [Evidence]
    /// What is worth a warning: the age of the key, both keys active.
    package var advisories: [Advisory]

    package init(askedBy: String? = nil, evidence: [Evidence] = [], advisories: [Advisory] = []) {
        self.askedBy = askedBy
        self.evidence = evidence
        self.advisories = advisories
    }
}

/// What hides what, and how the environment that was asked for differs from ours.
package struct DoctorPrecedence: Sendable, Hashable {
    /// A setting that is another one there.
    package struct Difference: Sendable, Hashable {
        /// `region`.
        package var setting: String
        package var here: String
        package var there: String

        package init(_ setting: String, here: String, there: String) {
            self.setting = setting
            self.here = here
            self.there = there
        }
    }

    package var findings: [DoctorFinding]
    /// Whose environment was compared with ours: `app.service`; nil when none was asked for.
    package var comparedWith: String?
    package var differences: [Difference]

    package init(
        findings: [DoctorFinding] = [], comparedWith: String? = nil, differences: [Difference] = []
    ) {
        self.findings = findings
        self.comparedWith = comparedWith
        self.differences = differences
    }
}

/// How the way to the servers looks.
package struct DoctorNetwork: Sendable, Hashable {
    /// One host that was asked, by its first connection and its latest answer.
    package struct Host: Sendable, Hashable {
        package var name: String
        package var requests: Int
        /// Of the first request that opened a connection.
        package var phases: ConnectionPhases?
        package var latency: Duration?
        package var outcome: RequestRecord.Outcome

        package init(
            name: String, requests: Int, phases: ConnectionPhases?, latency: Duration?,
            outcome: RequestRecord.Outcome
        ) {
            self.name = name
            self.requests = requests
            self.phases = phases
            self.latency = latency
            self.outcome = outcome
        }
    }

    /// The server's clock minus ours, the widest that was seen; nil without an answer that has a date.
    package var skew: Duration?
    package var hosts: [Host]
    /// Proxies, certificates, region and partition.
    package var findings: [DoctorFinding]

    package init(skew: Duration? = nil, hosts: [Host] = [], findings: [DoctorFinding] = []) {
        self.skew = skew
        self.hosts = hosts
        self.findings = findings
    }
}

/// One step of the remedy: what to do, and the commands that do it.
package struct DoctorRemedy: Sendable, Hashable {
    /// A sentence.
    package var sentence: String
    /// For a shell, with real names; a word in capitals is for a person to fill in.
    package var commands: [String]

    package init(_ sentence: String, commands: [String] = []) {
        self.sentence = sentence
        self.commands = commands
    }
}

/// How a CI system gets credentials without long-term keys, filled in for the job that asks.
package struct PipelineAdvice: Sendable, Hashable {
    /// `GitHub Actions`.
    package var system: String
    /// The variable that tells the system.
    package var variable: String
    /// What is wrong with the keys, and what is better; sentences.
    package var sentences: [String]
    /// Where the snippet belongs: `.github/workflows/WORKFLOW.yml`; nil without one.
    package var file: String?
    package var snippet: String?
    /// JSON, the trust policy of the role; nil where none helps.
    package var trustPolicy: String?
    /// For an administrator: the identity provider and the role.
    package var commands: [String]

    package init(
        system: String, variable: String, sentences: [String], file: String? = nil,
        snippet: String? = nil, trustPolicy: String? = nil, commands: [String] = []
    ) {
        self.system = system
        self.variable = variable
        self.sentences = sentences
        self.file = file
        self.snippet = snippet
        self.trustPolicy = trustPolicy
        self.commands = commands
    }
}
