import ArgumentParser
import Glibc
import Model

/// The options that name the environment of somebody else.
struct SurroundingsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look with the environment and files of a running service.",
            discussion: "Default: credwatch's own environment", valueName: "app.service"))
    var unit: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look with the environment and files of a process.", discussion: "Default: as above",
            valueName: "number"))
    var pid: Int32?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look with what a file in the syntax of systemd's EnvironmentFile= sets.",
            discussion: "Default: as above", valueName: "file"))
    var environmentFile: String?

    func validate() throws {
        let given = [unit != nil, pid != nil, environmentFile != nil].count { $0 }
        guard given <= 1 else {
            throw ValidationError("Only one of --unit, --pid and --environment-file can be given.")
        }
        if let pid, pid <= 0 { throw ValidationError("--pid has to be the number of a process.") }
        if unit?.isEmpty == true || environmentFile?.isEmpty == true {
            throw ValidationError("--unit and --environment-file need a name.")
        }
    }

    /// Whose environment is meant; nil when no option says so.
    var surroundings: Surroundings? {
        if let unit { return .unit(unit.contains(".") ? unit : unit + ".service") }
        if let pid { return .process(pid) }
        return environmentFile.map { .environmentFile(absolute($0)) }
    }

    /// What to call a check of the default chain there.
    var subject: String? {
        switch surroundings {
        case .unit(let unit): unit
        case .process(let process): "PID \(process)"
        case .environmentFile(let path): path
        case .own, .credential, nil: nil
        }
    }

    private func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        return "\(String(cString: directory))/\(path)"
    }
}

extension SurroundingsOptions {
    /// A profile as it is asked for: the named one of the config or of the shared AWS files, else what
    /// an application would use that names none.
    ///
    /// `configuration` has settings and profiles where there is a config.
    func profile(_ name: String?, in configuration: Configuration) -> ProfileConfiguration {
        if let name, surroundings == nil,
            let known = configuration.profiles.first(where: { $0.name == name })
        {
            return known
        }
        let own = environment("AWS_PROFILE") ?? environment("AWS_DEFAULT_PROFILE") ?? "default"
        return ProfileConfiguration(
            name: name ?? subject ?? own, origin: name == nil ? .defaultChain : .profile,
            surroundings: surroundings ?? .own)
    }
}
