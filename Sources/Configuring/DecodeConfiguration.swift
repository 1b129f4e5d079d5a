import Model

/// Decodes the text of a config; `file` is the path that locations name.
///
/// It finds all problems, not only the first, except that a text which is not YAML has only one.
package func decodeConfiguration(bytes: [UInt8], file: String) -> ConfigurationResult {
    var decoder = Decoder(file: file)
    var configuration: Configuration?
    if bytes.count > largestConfiguration {
        decoder.report(Mark(line: 0, column: 0), "too-large", tooLargeMessage)
    } else {
        do throws(YAMLProblem) {
            let document = try readYAML(bytes)
            for problem in document.problems {
                decoder.report(problem.mark, problem.rule, problem.message)
            }
            configuration = decoder.configuration(document.root)
        } catch {
            decoder.report(error.mark, error.rule, error.message)
        }
    }
    let problems = decoder.problems.sorted {
        ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
    }
    guard let configuration, !problems.contains(where: \.isError) else {
        return .refused(problems)
    }
    return .accepted(configuration, warnings: problems)
}

/// The size above which a config is refused: 4 MiB, room for ten thousand profiles with all their keys.
let largestConfiguration = 4_194_304

let tooLargeMessage = "the config is larger than 4 MiB"

private func readYAML(
    _ bytes: [UInt8]
) throws(YAMLProblem) -> (root: YAMLNode?, problems: [YAMLProblem]) {
    // The standard library's own rethrowing would lose the type of the error.
    let result: Result<(root: YAMLNode?, problems: [YAMLProblem]), YAMLProblem> =
        bytes.withUnsafeBufferPointer { buffer in
            do throws(YAMLProblem) {
                return .success(try YAMLReader.read(buffer))
            } catch {
                return .failure(error)
            }
        }
    return try result.get()
}

extension Decoder {
    private static let inFlight = 1...1_024
    /// What fits into a socket's address with its final NUL.
    private static let longestSocketPath = 107

    /// Decodes the whole tree; the value is of use only when no error was reported.
    fileprivate mutating func configuration(_ root: YAMLNode?) -> Configuration? {
        guard let root, !root.isNull else {
            // As a package leaves it: there is something to edit, and a service that can be reloaded.
            report(
                root?.mark ?? Mark(line: 1, column: 1), "empty-file",
                "nothing is configured, so nothing is checked; it needs at least `profiles`",
                severity: .warning)
            return Configuration(profiles: [])
        }
        guard let section = section(root, .root) else { return nil }
        require("profiles", in: section, .root)
        let defaults = defaults(section["defaults"])
        let decoded = profiles(section["profiles"], defaults)
        let groups = groups(section["failover"], profiles: decoded.names)
        var configuration = Configuration(profiles: decoded.profiles, groups: groups)

        let status = self.section(section["status"], .status)
        if let file = path(status?["file"], "`file`") { configuration.statusFile = file }
        configuration.metricsFile = metricsFile(status?["prometheus_file"])
        configuration.pageFile = path(status?["html_file"], "`html_file`")
        configuration.metricsListener = metricsListener(section["metrics"])
        checkServing(&configuration)
        if let directory = path(section["state_directory"], "`state_directory`") {
            configuration.stateDirectory = directory
        }
        let control = self.section(section["control"], .control)
        if let socket = path(control?["socket"], "`socket`", longest: Self.longestSocketPath) {
            configuration.controlSocket = socket
        }
        if let count = integer(section["max_in_flight"], "`max_in_flight`", in: Self.inFlight) {
            configuration.maxInFlight = count
        }
        if let aws = self.section(section["aws"], .aws) {
            configuration.aws = AWSOverrides(
                credentialsFile: sourcedPath(aws["credentials_file"], "`credentials_file`"),
                configFile: sourcedPath(aws["config_file"], "`config_file`"),
                endpointURL: url(aws["endpoint_url"], "`endpoint_url`"))
        }
        configuration.heartbeat = heartbeat(section["heartbeat"])
        let mover = self.section(section["mover"], .mover)
        if let socket = path(mover?["socket"], "`socket`", longest: Self.longestSocketPath) {
            configuration.moverSocket = socket
        }
        checkSwitching(configuration)
        checkPaths(configuration, status?["file"], control?["socket"], status?["prometheus_file"])
        checkPagePath(configuration, status?["html_file"])
        return configuration
    }

    private mutating func sourcedPath(_ node: YAMLNode?, _ what: String) -> Sourced<String>? {
        guard let node, let path = path(node, what) else { return nil }
        return Sourced(path, from: .configuration(location(node.mark)))
    }

    /// Decodes the path of the metrics; node_exporter reads files by their ending.
    private mutating func metricsFile(_ node: YAMLNode?) -> String? {
        guard let node, let path = path(node, "`prometheus_file`") else { return nil }
        if !path.hasSuffix(".prom") {
            report(
                node.mark, "invalid-path",
                "`prometheus_file` must end with .prom, since node_exporter reads no other files")
        }
        return path
    }

    /// The paths of what is kept across restarts.
    private func takenPaths(_ configuration: Configuration) -> [String] {
        let directory = configuration.stateDirectory
        return [directory] + ["state.json", "history.json", "lock"].map { "\(directory)/\($0)" }
    }

    /// Reports a page that would take the place of another of our own files.
    private mutating func checkPagePath(_ configuration: Configuration, _ node: YAMLNode?) {
        guard let node, let page = configuration.pageFile else { return }
        let others = [
            ("the status file", configuration.statusFile),
            ("the metrics", configuration.metricsFile),
            ("the control socket", configuration.controlSocket),
        ]
        if let (what, _) = others.first(where: { $0.1 == page }) {
            report(node.mark, "path-conflict", "`html_file` is the path of \(what)")
        }
        if takenPaths(configuration).contains(page) {
            report(node.mark, "path-conflict", "\(shown(page)) is used for the state already")
        }
    }

    /// Reports two of our own files under one path: each would destroy the other.
    private mutating func checkPaths(
        _ configuration: Configuration, _ status: YAMLNode?, _ socket: YAMLNode?,
        _ metrics: YAMLNode?
    ) {
        if let socket, configuration.controlSocket == configuration.statusFile {
            report(socket.mark, "path-conflict", "`socket` is the path of the status file")
        }
        if let node = metrics, configuration.metricsFile == configuration.statusFile {
            report(node.mark, "path-conflict", "`prometheus_file` is the path of the status file")
        }
        if let node = metrics, configuration.metricsFile == configuration.controlSocket {
            report(node.mark, "path-conflict", "`prometheus_file` is the path of the socket")
        }
        let taken = takenPaths(configuration)
        for (node, path) in [
            (status, configuration.statusFile), (socket, configuration.controlSocket),
        ] {
            if let node, taken.contains(path) {
                report(node.mark, "path-conflict", "\(shown(path)) is used for the state already")
            }
        }
    }
}
