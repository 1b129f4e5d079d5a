import HTTP
import Model
import Sandbox
import Support
import Testing

@testable import Obtaining

/// The sources against a sandbox that accepts what it hands out.
@Suite(.timeLimit(.minutes(1))) struct SandboxSourcesTests {
    /// `{"iss":"https://oidc.example/id","aud":["sts.amazonaws.com"],"exp":4070908800}`
    private let token =
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL29pZGMuZXhhbXBsZS9pZCIsImF1ZCI6WyJzdHMuYW1hem9uYXdzLmNvbSJd"
        + "LCJleHAiOjQwNzA5MDg4MDB9.c2lnbmF0dXJl"

    private func assume(_ sandbox: Sandbox) -> PlanStep {
        .assumeRole(
            RoleAssumption(
                roleARN: Sourced("arn:aws:iam::123456789012:role/next", from: testPlace),
                endpoint: Endpoint(
                    url: sandbox.url, signingRegion: "us-east-1", partition: "aws")))
    }

    private func makeNext(_ sandbox: Sandbox) throws {
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole("next", in: "123456789012", trusting: ["123456789012"], now: now)
        }
    }

    @Test func anInstancesRoleAssumesAnother() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let step = PlanStep.instanceMetadata(
            InstanceMetadata(url: Sourced(sandbox.url, from: testPlace), isNamed: false))
        let obtainer = try makeObtainer(proxy: .none)
        #expect(kind(await obtain(obtainer, [step]).problem) == "nothing")
        try sandbox.handOut(role: "web")
        try makeNext(sandbox)
        _ = try await obtainer.obtain([step, assume(sandbox)], within: .seconds(10))
        obtainer.invalidate([step])
        sandbox.faults.isThrottling = true
        #expect(kind(await obtain(obtainer, [step]).problem) == "unavailable")
    }

    @Test func aContainersRoleAssumesAnother() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        try sandbox.handOut(role: "task", to: Secret("Basic pw"))
        try makeNext(sandbox)
        func step(_ token: String) -> PlanStep {
            .container(
                ContainerEndpoint(
                    url: Sourced("\(sandbox.url)/container/credentials", from: testPlace),
                    isRelative: false, token: Sourced(Secret(token), from: testPlace)))
        }
        let obtainer = try makeObtainer(proxy: .none)
        _ = try await obtainer.obtain([step("Basic pw"), assume(sandbox)], within: .seconds(10))
        #expect(kind(await obtain(obtainer, [step("Basic other")]).problem) == "unavailable")
    }

    @Test func aTokenOfATrustedProviderAssumesARole() async throws {
        let sandbox = try Sandbox()
        defer { sandbox.stop() }
        let file = try TemporaryFile(token)
        let step = PlanStep.webIdentity(
            WebIdentity(
                roleARN: Sourced("arn:aws:iam::123456789012:role/pod", from: testPlace),
                tokenFile: Sourced(file.path, from: testPlace),
                endpoint: Endpoint(
                    url: sandbox.url, signingRegion: "us-east-1", partition: "aws")))
        let obtainer = try makeObtainer(proxy: .none)
        #expect(kind(await obtain(obtainer, [step]).problem) == "refused InvalidIdentityToken")
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole(
                "pod", in: "123456789012", trusting: [],
                webProvider: WebProvider(issuer: "https://oidc.example/id"), now: now)
        }
        try makeNext(sandbox)
        _ = try await obtainer.obtain([step, assume(sandbox)], within: .seconds(10))
        obtainer.invalidate([step])
        sandbox.faults.cutsProviderOff = true
        #expect(kind(await obtain(obtainer, [step]).problem) == "refused IDPCommunicationError")
        sandbox.faults.cutsProviderOff = false
        file.write("no.token")
        #expect(kind(await obtain(obtainer, [step]).problem) == "refused InvalidIdentityToken")
    }
}
