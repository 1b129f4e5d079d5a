import Model

/// Commands that show the line, the variable or the unit that a value came from.
func commandsToSee(_ place: Provenance) -> [String] {
    switch place {
    case .file(let location), .configuration(let location):
        let path = pathWord(location.file)
        return [location.line > 0 ? "sed -n \(location.line)p \(path)" : "ls -l \(path)"]
    case .environment(let variable, nil): return ["printenv \(shellQuoted(variable))"]
    case .environment(_, let owner?): return commandsToSee(environment: owner)
    case .builtIn: return []
    }
}

/// Commands that show the characters of a secret value that do not belong, and a star for each other.
func commandsToSeeForeignCharacters(_ place: Provenance) -> [String] {
    let mask = "tr 'A-Za-z0-9+/' '*' | sed -n l"
    switch place {
    case .file(let location), .configuration(let location):
        guard location.line > 0 else { return [] }
        return ["sed -n \(location.line)p \(pathWord(location.file)) | \(mask)"]
    case .environment(let variable, nil):
        return ["printenv \(shellQuoted(variable)) | \(mask)"]
    case .environment(_, let owner?): return commandsToSee(environment: owner)
    case .builtIn: return []
    }
}

/// Commands that open the line or the unit that a value came from.
func commandsToEdit(_ place: Provenance) -> [String] {
    if let handed = place.handedOver {
        return [
            "systemctl show --property LoadCredential \(shellQuoted(path: handed.unit))",
            "systemctl restart \(shellQuoted(path: handed.unit))",
        ]
    }
    switch place {
    case .file(let location), .configuration(let location):
        let path = pathWord(location.file)
        return ["\"${EDITOR:-vi}\" \(location.line > 0 ? "+\(location.line) " : "")\(path)"]
    case .environment(_, let owner?):
        guard let unit = unit(in: owner) else { return [] }
        return [
            "systemctl edit \(shellQuoted(path: unit))",
            "systemctl restart \(shellQuoted(path: unit))",
        ]
    case .environment(_, nil), .builtIn: return []
    }
}

/// Commands that let go of a value: of a variable by itself, of a line in an editor.
func commandsToRemove(_ place: Provenance) -> [String] {
    if case .environment(let variable, nil) = place { return ["unset \(shellQuoted(variable))"] }
    return commandsToEdit(place)
}

/// A path of a message as a word of a command: what lies in the file system of another process is found
/// below its `/proc/PID/root`.
func pathWord(_ shown: String) -> String {
    let mark = " (in the file system of PID "
    guard shown.hasSuffix(")"), let start = shown.utf8.firstIndex(ofBytes: mark.utf8) else {
        return shellQuoted(path: shown)
    }
    let process = shown[start...].dropFirst(mark.count).dropLast()
    guard let process = Int(process) else { return shellQuoted(path: shown) }
    return shellQuoted(path: "/proc/\(process)/root\(shown[..<start])")
}

/// The command that shows where a profile's credentials come from.
func commandToExplain(_ profile: String) -> String {
    "credwatch explain \(profile.hasPrefix("-") ? "-- " : "")\(shellQuoted(profile))"
}

/// Commands that show what sets the environment of a unit or a process; `owner` is what a ``Provenance`` says.
private func commandsToSee(environment owner: String) -> [String] {
    if let unit = unit(in: owner) {
        return ["systemctl cat \(shellQuoted(path: unit))", "systemctl show-environment"]
    }
    guard let process = process(in: owner) else { return [] }
    // The names alone: the values may be secret.
    return ["tr '\\0' '\\n' </proc/\(process)/environ | cut -d= -f1 | grep AWS"]
}

/// Finds the unit in `the environment of app.service (PID 7)`, or in `app.service`.
func unit(in owner: String) -> String? {
    let name = named(in: owner)
    return name.holds(".") && !name.holds(" ") && !name.holds("/") ? String(name) : nil
}

/// Finds the process in `the environment of PID 7`.
func process(in owner: String) -> Int? {
    let name = named(in: owner)
    return name.hasPrefix("PID ") ? Int(name.dropFirst(4)) : nil
}

private func named(in owner: String) -> Substring {
    let prefix = "the environment of "
    let rest = owner.hasPrefix(prefix) ? owner.dropFirst(prefix.count) : owner[...]
    guard rest.hasSuffix(")"), let open = rest.lastIndex(of: "("), open > rest.startIndex
    else { return rest }
    return rest[..<rest.index(before: open)]
}

// MARK: - The network

/// Commands that try the way to an endpoint, as far as it should be open.
func commandsForNetwork(_ cause: Cause, to url: String) -> [String] {
    let word = shellQuoted(url)
    let host = String(host(of: url))
    switch cause {
    case .networkDNS:
        return ["resolvectl query \(shellQuoted(host))", "getent hosts \(shellQuoted(host))"]
    case .tls:
        let address = shellQuoted("\(host):\(port(of: url))")
        return ["openssl s_client -connect \(address) </dev/null"]
    case .proxy: return ["env | grep -i _proxy", "curl -sSv --max-time 10 \(word)"]
    default: return ["curl -sSv --max-time 10 \(word)"]
    }
}

func host(of url: String) -> Substring {
    let authority = authority(of: url)
    guard authority.first == "[" else { return authority.prefix { $0 != ":" } }
    return authority.prefix { $0 != "]" } + "]"
}

private func port(of url: String) -> Substring {
    let port = authority(of: url).dropFirst(host(of: url).count).dropFirst()
    return port.isEmpty ? (url.hasPrefix("http:") ? "80" : "443") : port
}

private func authority(of url: String) -> Substring {
    url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
}

/// Names the place where a value is to be written, as it stands in a sentence.
///
/// What systemd handed over is a copy, and read only: the file behind it has to be changed.
func placeToWrite(_ place: Provenance) -> String {
    guard let handed = place.handedOver else { return place.description }
    return "the file that LoadCredential=\(handed.name) of \(handed.unit) names (restart it then)"
}

extension Provenance {
    /// The unit and the name of what systemd handed over, as in `/run/credentials/credwatch.service/aws-app`.
    fileprivate var handedOver: (unit: String, name: String)? {
        guard case .file(let location) = self else { return nil }
        let parts = location.file.split(separator: "/")
        guard parts.count == 4, parts[0] == "run", parts[1] == "credentials" else { return nil }
        return (String(parts[2]), String(parts[3]))
    }
}
