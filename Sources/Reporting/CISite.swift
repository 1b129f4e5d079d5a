package import Model

/// The CI systems whose logs understand more than lines.
package enum CIDialect: Sendable, Hashable, CaseIterable {
    case plain, gitHub, gitLab
}

/// The job that a check runs in.
package struct CISite: Sendable, Hashable {
    package var dialect: CIDialect
    /// The absolute path of the repository's checkout.
    package var repository: String
    /// The file that defines the job, relative to the repository.
    package var definition: String
    /// The absolute path of the directory that relative paths begin at.
    package var workingDirectory: String

    package init(
        _ dialect: CIDialect, repository: String, definition: String = "",
        workingDirectory: String
    ) {
        self.dialect = dialect
        self.repository = repository
        self.definition = definition
        self.workingDirectory = workingDirectory
    }

    /// Reads the job's variables.
    package init(workingDirectory: String, variable: (String) -> String?) {
        self.workingDirectory = workingDirectory
        func isTrue(_ name: String) -> Bool { variable(name)?.lowercased() == "true" }
        definition = ""
        repository = workingDirectory
        if isTrue("GITHUB_ACTIONS") {
            dialect = .gitHub
            if let workspace = variable("GITHUB_WORKSPACE") { repository = workspace }
        } else if isTrue("GITLAB_CI") {
            dialect = .gitLab
            if let directory = variable("CI_PROJECT_DIR") { repository = directory }
            let file = variable("CI_CONFIG_PATH") ?? ""
            // It may also be a URL, or a file of another project.
            let isHere = !file.isEmpty && !file.utf8.contains { $0 == 0x3A || $0 == 0x40 }
            definition = isHere ? file : ".gitlab-ci.yml"
        } else {
            dialect = .plain
        }
        while repository.utf8.count > 1, repository.hasSuffix("/") { repository.removeLast() }
    }

    /// A place relative to the repository; nil when it is elsewhere, as credentials should be.
    package func place(of location: SourceLocation) -> SourceLocation? {
        let path =
            location.file.hasPrefix("/")
            ? location.file : "\(workingDirectory)/\(location.file)"
        let parts = path.split(separator: "/").filter { $0 != "." }
        let top = repository.split(separator: "/").filter { $0 != "." }
        guard !parts.contains(".."), parts.count > top.count, parts.starts(with: top) else {
            return nil
        }
        return SourceLocation(
            file: parts.dropFirst(top.count).joined(separator: "/"), line: location.line,
            column: location.column)
    }

    /// Where a profile's trouble stands in the repository: the faulty line, else where the key is from, else
    /// the profile's own place in the config.
    package func place(of profile: ProfileStatus, configuredAt: SourceLocation?) -> SourceLocation?
    {
        var places: [Provenance] = []
        for evidence in profile.diagnosis?.evidence ?? [] {
            if case .finding(let finding) = evidence { places.append(finding.place) }
        }
        for evidence in profile.diagnosis?.evidence ?? [] {
            if case .location(let place) = evidence { places.append(place) }
        }
        for case .file(let location) in places {
            if let place = place(of: location) { return place }
        }
        return configuredAt.flatMap { place(of: $0) }
    }
}
