import Model
import Testing

@Suite struct ProvenanceTests {
    @Test(arguments: [
        (Provenance.file(SourceLocation(file: "/a", line: 3, column: 7)), "/a:3:7"),
        (.file(SourceLocation(file: "/a", line: 3)), "/a:3"),
        (.configuration(SourceLocation(file: "/c.yaml", line: 1, column: 2)), "/c.yaml:1:2"),
        (.environment(variable: "AWS_REGION"), "environment variable AWS_REGION"),
        (.builtIn("the default"), "the default"),
    ])
    func `says where a value came from`(provenance: Provenance, text: String) {
        #expect(provenance.description == text)
    }

    @Test func `a problem of the config names its place and rule`() {
        let problem = ConfigurationProblem(
            SourceLocation(file: "c.yaml", line: 2, column: 5), rule: "unknown-key", "what is it?")
        #expect(problem.description == "c.yaml:2:5: what is it? [unknown-key]")
    }

    @Test(arguments: zip(Overall.allCases, [0, 1, 2, 3] as [Int32]))
    func `exit codes follow the overall state`(overall: Overall, code: Int32) {
        #expect(overall.exitCode == code)
    }

    @Test func `only exit code 0 is success`() {
        #expect(HookResult.exited(code: 0).isSuccess)
        let failures: [HookResult] = [
            .exited(code: 1), .exited(code: -1), .killed(signal: 9), .timedOut,
            .notStarted("x"), .interrupted, .switchFailed("x"), .incomplete("x"),
        ]
        #expect(failures.allSatisfy { !$0.isSuccess })
    }

    @Test func `credentials lose their token and nothing else`() {
        var credentials = Credentials(
            accessKeyID: Sourced("a", from: .builtIn("x")),
            secretAccessKey: Sourced(Secret("b"), from: .builtIn("y")),
            sessionToken: Sourced(Secret("c"), from: .builtIn("z")))
        let bare = credentials.withoutSessionToken
        #expect(bare.sessionToken == nil)
        credentials.sessionToken = nil
        #expect(bare == credentials)
    }
}
