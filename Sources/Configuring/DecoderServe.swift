import Model

/// Where and to whom a group's active credential is handed out.
extension Decoder {
    private static let servedTimes: ClosedRange<Duration> = .seconds(60)...(.seconds(43_200))

    /// Decodes `serve` of a group.
    mutating func serve(_ node: YAMLNode?) -> ServeConfiguration? {
        guard let node, let section = section(node, .serve) else { return nil }
        if section["users"] == nil, section["listen"] == nil, section["token_file"] == nil {
            report(
                section.mark, "serve-nobody",
                "`serve` says neither to whom nor where; it needs `users`, or `listen` and `token_file`, like {users: [app]}, or {users: [root]} for programs of root only"
            )
        }
        let users = users(section["users"])
        let duration = duration(section["duration"], "`duration`", in: Self.servedTimes)
        return ServeConfiguration(
            endpoint: endpoint(section), users: users,
            duration: duration ?? ServeConfiguration.standardDuration,
            location: location(section.mark))
    }

    /// Decodes `listen` and `token_file`, of which there is none without the other.
    private mutating func endpoint(_ section: Section) -> ServeConfiguration.Endpoint? {
        guard section["listen"] != nil || section["token_file"] != nil else { return nil }
        for key in ["listen", "token_file"] { require(key, in: section, .serve) }
        let tokenFile = path(section["token_file"], "`token_file`")
        guard let node = section["listen"], let text = text(node, "`listen`") else { return nil }
        guard let address = ListenAddress(parsing: text) else {
            report(
                node.mark, "invalid-address",
                "`listen` must be a loopback address and a port, like 127.0.0.1:9911 or \"[::1]:9911\", not \(shown(text))"
            )
            return nil
        }
        guard address.isLoopback else {
            report(
                node.mark, "serve-not-loopback",
                "`listen` is an address that other machines reach, and the credentials would travel to them in the clear; only 127.0.0.1 and its like and ::1 are allowed"
            )
            return nil
        }
        return tokenFile.map { ServeConfiguration.Endpoint(address: address, tokenFile: $0) }
    }

    private mutating func users(_ node: YAMLNode?) -> [String] {
        var users: [String] = []
        for element in list(node, "`users`") ?? [] {
            guard let user = name(element, "`users`") else { continue }
            let isNumber = user.utf8.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber, UInt32(user).map({ $0 == .max }) ?? true {
                report(element.mark, "invalid-user", "\(shown(user)) is the number of no user")
            } else if user == "nobody" || user == "65534" {
                // Whoever the kernel cannot name, such as a user of a container, comes as this one.
                report(
                    element.mark, "invalid-user",
                    "`users` must not name \(shown(user)), as which users of containers come that have no other number here"
                )
            } else {
                users.append(user)
            }
        }
        return users
    }

    /// Reports groups that share a token, or take the metrics' port, and marks the profiles that are served.
    mutating func checkServing(_ configuration: inout Configuration) {
        var owners: [String: String] = [:]
        var served: Set<String> = []
        for group in configuration.groups {
            guard let serve = group.serve else { continue }
            served.formUnion([group.primary] + group.backups)
            guard let endpoint = serve.endpoint, let location = serve.location else { continue }
            let mark = Mark(line: location.line, column: location.column)
            if let owner = owners.updateValue(group.name, forKey: endpoint.tokenFile) {
                report(
                    mark, "shared-token-file",
                    "`token_file` is that of the group \(shown(owner)) too; who has the token of one would get the credentials of both"
                )
            }
            if configuration.metricsListener?.address == endpoint.address {
                report(
                    mark, "address-conflict",
                    "`listen` is the address at which the metrics are served")
            }
        }
        guard !served.isEmpty else { return }
        for index in configuration.profiles.indices
        where served.contains(configuration.profiles[index].name) {
            configuration.profiles[index].isServed = true
        }
    }
}
