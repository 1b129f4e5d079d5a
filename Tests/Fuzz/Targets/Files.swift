import Model

@testable import Configuring
@testable import FailingOver
@testable import Reporting
@testable import Resolving

func readProfiles(_ bytes: [UInt8]) {
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    func state(_ kind: ProfileFileKind) -> FileState {
        do throws(ResolveProblem) {
            let file = try ProfileFile(parsing: bytes, path: "/f", kind: kind)
            for finding in file.findings {
                expect((0...lines).contains(finding.location.line), "a finding outside of the file")
            }
            return .parsed(
                file, modifiedAt: WallTime(seconds: 0),
                ownership: FileOwnership(user: 0, group: 0, mode: 0o600))
        } catch {
            if case .fileMalformed(let place, _) = error {
                expect((0...lines).contains(place.line), "a problem outside of the file")
            }
            return .failed(error)
        }
    }
    let place = Sourced("/f", from: .builtIn("an input"))
    let planner = Planner(AWSEnvironment(variables: ["HOME": "/home/app"]))
    for (credentials, config) in [
        (state(.credentials), FileState.missing(note: "")),
        (.missing(note: ""), state(.config)), (state(.credentials), state(.config)),
    ] {
        let files = SharedFiles(
            generation: 1, paths: SharedFilePaths(credentials: place, config: place),
            credentials: credentials, config: config)
        for name in files.profileNames.sorted().prefix(8) + ["default"] {
            let profile = ProfileConfiguration(name: name)
            guard let plan = try? planner.explain(profile, in: files) else { continue }
            expect(!plan.steps.isEmpty, "a plan without a step")
            expect(plan.rows.contains { $0.standing == .chosen }, "a plan without a source")
        }
    }
}

func readEnvironmentFile(_ bytes: [UInt8]) {
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    guard let file = try? EnvironmentFile(parsing: bytes, path: "/f") else { return }
    for name in file.variables.keys {
        expect(!name.isEmpty && !name.contains("="), "a variable without a name")
        expect(
            file.locations[name].map { (1...lines).contains($0.line) } == true,
            "a variable outside of the file")
    }
}

func readConfiguration(_ bytes: [UInt8]) {
    let result = decodeConfiguration(bytes: bytes, file: "f")
    expect(
        (result.configuration == nil) == result.problems.contains { $0.isError },
        "a config that is neither taken nor refused")
}

func readState(_ bytes: [UInt8]) {
    guard let state = try? decodeState(bytes) else { return }
    let kept = encodeState(state)
    expect(
        (try? decodeState(kept)).map(encodeState) == kept, "a state that changes when it is kept")
}

func readHistory(_ bytes: [UInt8]) {
    guard let histories = try? decodeHistory(bytes) else { return }
    expect(
        (try? decodeHistory(encodeHistory(histories))) == histories,
        "a history that changes when it is kept")
}

func readStatus(_ bytes: [UInt8]) {
    guard let document = try? decodeStatus(bytes, path: "/f") else { return }
    let again = try? decodeStatus(renderStatus(document), path: "/f")
    expect(again != nil, "a status that cannot be read back")
}
