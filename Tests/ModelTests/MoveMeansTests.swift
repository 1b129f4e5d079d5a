import Model
import Testing

@Suite struct MoveMeansTests {
    static let targets = [SwitchTarget(.environmentFile("/etc/default/app"))]

    @Test(arguments: [
        (MoveMeans.nothing, false, false), (.hook, true, false), (.files, false, true),
        (.filesAndHook, true, true),
    ])
    func followsWhatTheConfigHas(means: MoveMeans, hook: Bool, files: Bool) {
        var group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare"],
            hook: hook ? HookConfiguration(command: ["/bin/true"]) : nil)
        if files { group.switchTargets = Self.targets }
        #expect(group.means == means)
        #expect(group.hasMoves == (means != .nothing))
    }

    @Test func onlyWhatHasAHookSpeaksOfOne() {
        let results: [HookResult?] = [
            nil, .interrupted, .switchFailed("the disk is full"),
            .incomplete("app.service does not come back"),
        ]
        for means in MoveMeans.allCases {
            let texts =
                [means.name, means.progress, means.abandonment]
                + results.map { means.failure(after: 5, $0) }
            let speaks = texts.contains { $0.contains("hook") }
            #expect(speaks == (means == .hook || means == .filesAndHook), "\(texts)")
        }
    }

    @Test(arguments: [
        (MoveMeans.hook, HookResult.exited(code: 3), 5, "the hook failed in 5 attempts"),
        (.hook, .timedOut, 1, "the hook failed in 1 attempt"),
        (.files, .interrupted, 2, "the switch failed in 2 attempts"),
        (
            .files, .switchFailed("/etc/default/app is a directory"), 5,
            "nothing could be switched in 5 attempts: /etc/default/app is a directory"
        ),
        (
            .filesAndHook, .incomplete("the hook failed: exit code 3"), 5,
            "the files are switched, but after 5 attempts the hook failed: exit code 3"
        ),
        (
            .files, .incomplete("app.service does not come back"), 1,
            "the files are switched, but after 1 attempt app.service does not come back"
        ),
    ])
    func saysWhatFailed(means: MoveMeans, result: HookResult, attempts: Int, text: String) {
        #expect(means.failure(after: attempts, result) == text)
    }
}
