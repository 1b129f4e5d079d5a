import Dispatch
import Testing

@testable import Sandbox

@Suite struct TimelineTests {
    @Test func readsOrdersInTheOrderOfTime() throws {
        let timeline = try Timeline(
            parsing: "20s:exit,8s:deactivate:app,1500ms:throttle:on,8s:refuse_regions:a-b-1+c-d-1")
        #expect(
            timeline.entries.map(\.after) == [
                .milliseconds(1_500), .seconds(8), .seconds(8), .seconds(20),
            ])
        #expect(
            timeline.entries.map(\.action) == [
                .command(.fault(.throttle(true))), .command(.deactivate(.user("app"))),
                .command(.fault(.refuseRegions(["a-b-1", "c-d-1"]))), .exit,
            ])
        #expect(timeline.entries[1].text == "deactivate:app")
        #expect(try Timeline(parsing: "").entries.isEmpty)
    }

    @Test(arguments: [
        ("8s", "DURATION"), ("8:exit", "DURATION"), ("x:exit", "DURATION"),
        ("-1s:exit", "DURATION"),
        ("8s:", "needs a user"), ("8s:explode:app", "known are deactivate"),
        ("8s:deactivate", "needs a user"), ("8s:exit:now", "no order"),
        ("8s:throttle:maybe", "on or off"), ("8s:latency:soon", "a duration"),
        ("8s:latency:2d", "a duration"), ("8s:clock_offset:1000000d", "a duration"),
    ])
    func saysWhatIsWrong(text: String, expected: String) {
        #expect {
            try Timeline(parsing: text)
        } throws: {
            "\($0)".contains(expected)
        }
    }

    @Test func playsOnASandbox() async throws {
        let sandbox = try Sandbox()
        let key = try sandbox.createUser("app")
        let timeline = try Timeline(parsing: "0s:deactivate:app,1ms:deactivate:none,2ms:exit")
        let (lines, output) = AsyncStream<String>.makeStream()
        timeline.play(
            on: sandbox, queue: DispatchQueue(label: "test"), report: { output.yield($0) },
            exit: { output.finish() })
        var all: [String] = []
        for await line in lines { all.append(line) }
        #expect(
            all == [
                "0s deactivate:app: \(key.id) is inactive",
                "1ms deactivate:none: No user none has a key.",
            ])
        #expect(try sandbox.withWorld { world, _ in world.keys[key.id]?.isActive } == false)
    }

    @Test(arguments: [
        ("deactivate", "AKIAQNCLJGYSAZAAN74C", Command.deactivate(.key("AKIAQNCLJGYSAZAAN74C"))),
        ("activate", "app", .activate(.user("app"))), ("delete", "app", .delete(.user("app"))),
        ("expire", "ASIA", .expire(keyID: "ASIA")), ("create-key", "app", .createKey(user: "app")),
        ("backdate", "app:100d", .backdate(user: "app", by: .seconds(8_640_000))),
        ("quarantine", "app", .quarantine(user: "app", true)),
        ("unquarantine", "app", .quarantine(user: "app", false)),
        ("allow-iam", "app", .allowIAM(user: "app", true)),
        ("deny-iam", "app", .allowIAM(user: "app", false)),
        (
            "deny-action", "app:iam:GetUser",
            .setRight(user: "app", action: "iam:GetUser", .denied)
        ),
        (
            "withhold-action", "app:s3:*",
            .setRight(user: "app", action: "s3:*", .withheld)
        ),
        (
            "allow-action", "app:s3:*", .setRight(user: "app", action: "s3:*", .allowed)
        ),
        ("clock_offset", "+6m", .fault(.clockOffset(.seconds(360)))),
        ("outage", "on", .fault(.outage(true))),
        ("latency", "5ms", .fault(.latency(.milliseconds(5)))),
        ("propagation_delay", "15s", .fault(.propagationDelay(.seconds(15)))),
        ("propagation_flap", "10s", .fault(.propagationFlap(.seconds(10)))),
        ("secret_hold", "5s", .fault(.secretHold(.seconds(5)))),
        ("alter_signatures", "off", .fault(.alterSignatures(false))),
        ("cut_provider_off", "on", .fault(.cutProviderOff(true))),
        ("throttle_iam", "on", .fault(.throttleIAM(true))),
        (
            "deny_actions", "iam:GetUser+iam:ListAccessKeys",
            .fault(.denyActions(["iam:GetUser", "iam:ListAccessKeys"]))
        ),
        ("page_size", "2", .fault(.pageSize(2))), ("page_size", "off", .fault(.pageSize(nil))),
    ])
    func readsEveryOrder(verb: String, argument: String, command: Command) throws {
        #expect(try Command(verb: verb, argument: argument) == command)
        var state = SandboxState(world: World(), clock: Sandbox.systemClock)
        try state.world.createUser("app", in: "123456789012", now: state.now)
        // Each order is carried out or refused with a sentence, in whatever state.
        do throws(CommandProblem) {
            #expect(!(try state.perform(command).lines.isEmpty))
        } catch {
            #expect(error.description.hasSuffix("."))
        }
    }
}
