import Support
import Testing

/// The metadata service and the container's agent at their own addresses, port 80, as on AWS's machines.
@Suite(
    .timeLimit(.minutes(1)),
    .enabled(Comment(rawValue: NetworkNamespace.needs)) { await NetworkNamespace.isPossible() })
struct MetadataSystemTests {
    /// Runs `credwatch check` in a network of its own, after a script.
    private func check(
        after script: String = "", _ variables: [String: String] = [:]
    ) async throws -> Subprocess.Outcome {
        let command = NetworkNamespace.command(
            after: script, [binary("credwatch"), "check", "--json"])
        return try await Subprocess.run(
            command[0], Array(command[1...]),
            environment: plainEnvironment.merging([
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL_STS": "http://127.0.0.1",
            ]) { $1 }.merging(variables) { $1 }, timeLimit: .seconds(30))
    }

    /// Starts a sandbox at all addresses of the network, and waits for it.
    private func sandbox(_ options: String) -> String {
        """
        dir=$(mktemp -d)
        \(binary("credwatch-sandbox")) serve --everywhere --port 80 \(options) --ready-file $dir/ready >$dir/log 2>&1 &
        sandbox=$!
        trap 'kill $sandbox; rm -r $dir' EXIT
        n=0
        while [ ! -e $dir/ready ]; do
            n=$((n + 1))
            if [ $n -gt 500 ] || ! kill -0 $sandbox; then cat $dir/log; exit 70; fi
            sleep 0.02
        done
        """
    }

    @Test(arguments: [
        ([:], "the instance metadata service at http://169.254.169.254"),
        (
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container/credentials"],
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI in the environment"
        ),
        (
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/container/credentials"],
            "AWS_CONTAINER_CREDENTIALS_FULL_URI in the environment"
        ),
    ])
    func `the role of the instance or of the container is found`(
        _ variables: [String: String], _ source: String
    ) async throws {
        let outcome = try await check(after: sandbox("--hand-out web"), variables)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(
            outcome.outputText.contains(
                "arn:aws:sts::123456789012:assumed-role/web/i-0123456789abcdef0"))
        #expect(outcome.outputText.contains(source), "\(outcome.outputText)")
    }

    @Test(
        arguments: [
            // Nobody listens, nobody has the address, and an instance without a role.
            ("", [:], "no_credentials", "Nothing gives credentials"),
            (
                "ip address del 169.254.169.254/32 dev lo", [:], "no_credentials",
                "Nothing gives credentials"
            ),
            ("SANDBOX", [:], "no_credentials", "Nothing gives credentials"),
            ("", ["AWS_EC2_METADATA_DISABLED": "true"], "no_credentials", "No credentials are"),
            // Who names an agent wants it.
            (
                "", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/container/credentials"],
                "source_unavailable", "container's credential endpoint"
            ),
        ] as [(String, [String: String], String, String)])
    func `without a role nothing is known, and that soon`(
        _ script: String, _ variables: [String: String], _ cause: String, _ sentence: String
    ) async throws {
        let outcome = try await check(
            after: script == "SANDBOX" ? sandbox("") : script, variables)
        #expect(outcome.ending == .exited(3), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("\"\(cause)\""), "\(outcome.outputText)")
        #expect(outcome.outputText.contains(sentence), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("\"verdict\": \"unknown\""))
    }
}
