package import Model

/// The shared AWS files of a sandbox's users: a profile per user, with static keys.
package struct SharedFiles: Sendable {
    /// One profile of the files.
    package struct Profile: Sendable, Hashable {
        package var name: String
        package var accessKeyID: String
        package var secret: Secret
        package var sessionToken: Secret?

        /// A profile with a long-term key.
        package init(_ name: String, _ key: AccessKey) {
            self.name = name
            accessKeyID = key.id
            secret = key.secret
        }

        /// A profile with a session.
        package init(_ name: String, _ session: Session) {
            self.name = name
            accessKeyID = session.id
            secret = session.secret
            sessionToken = session.token
        }
    }

    package var profiles: [Profile]
    package var region: String
    package var endpointURL: String

    package init(profiles: [Profile], region: String, endpointURL: String) {
        self.profiles = profiles
        self.region = region
        self.endpointURL = endpointURL
    }

    /// Writes `credentials` and `config` with mode 0600 into a directory, which is made if missing.
    ///
    /// Throws `.foreignFile` rather than replace a file that no sandbox has written.
    package func write(to directory: String) throws(SandboxError) -> (
        credentials: String, config: String
    ) {
        try PrivateFile.makeDirectory(directory)
        let paths = (credentials: "\(directory)/credentials", config: "\(directory)/config")
        try PrivateFile.write(credentialsText, to: paths.credentials)
        try PrivateFile.write(configText, to: paths.config)
        return paths
    }

    var credentialsText: String {
        profiles.map { profile in
            let token = profile.sessionToken.map { "aws_session_token = \($0.reveal())\n" } ?? ""
            return """

                [\(profile.name)]
                aws_access_key_id = \(profile.accessKeyID)
                aws_secret_access_key = \(profile.secret.reveal())
                \(token)
                """
        }.joined()
    }

    var configText: String {
        profiles.map { profile in
            let section = profile.name == "default" ? "default" : "profile \(profile.name)"
            return """

                [\(section)]
                region = \(region)
                endpoint_url = \(endpointURL)

                """
        }.joined()
    }
}

extension Sandbox {
    /// Writes a file that says, for a shell to read in, that the sandbox serves and where.
    ///
    /// Its variables are `SANDBOX_URL`, `SANDBOX_TOKEN` and `SANDBOX_PID`; its mode is 0600.
    package func writeReadyFile(_ path: String, processID: Int32) throws(SandboxError) {
        try PrivateFile.write(
            """
            SANDBOX_URL='\(url)'
            SANDBOX_TOKEN='\(adminToken.reveal())'
            SANDBOX_PID=\(processID)

            """, to: path)
    }
}
