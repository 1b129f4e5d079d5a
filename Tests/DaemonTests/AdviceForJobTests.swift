import Model
import Testing

@testable import Daemon

@Suite struct AdviceForJobTests {
    private let variables = ["GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo/app"]

    private func document(_ keys: [(String, String?)]) -> StatusDocument {
        let now = WallTime(seconds: 1_795_356_190)
        return StatusDocument(
            generatedAt: now, validUntil: now, overall: .healthy,
            daemon: DaemonStatus(version: "0.1.0", pid: 1, startedAt: now, host: "x"),
            profiles: keys.map { ProfileStatus(name: $0, state: .healthy, accessKeyID: $1) },
            groups: [])
    }

    private func configuration(_ surroundings: Surroundings = .own) -> Configuration {
        Configuration(
            profiles: ["a", "b"].map { ProfileConfiguration(name: $0, surroundings: surroundings) })
    }

    @Test func `a long-term key of the job's own has advice`() {
        let keys = document([("a", "ASIAY34FZKBOKMUTVV7A"), ("b", "AKIAQNCLJGYSAZAAN74C")])
        let advice = adviceForJob(keys, in: configuration(), variables)
        #expect(advice?.system == "GitHub Actions")
        #expect(advice?.sentences.first?.contains("AKIAQNCLJGYSAZAAN74C") == true)
    }

    @Test func `a session, a service's key and a machine outside of CI have none`() {
        let session = document([("a", "ASIAY34FZKBOKMUTVV7A"), ("b", nil)])
        #expect(adviceForJob(session, in: configuration(), variables) == nil)
        let key = document([("a", "AKIAQNCLJGYSAZAAN74C")])
        #expect(adviceForJob(key, in: configuration(.unit("x.service")), variables) == nil)
        #expect(adviceForJob(key, in: configuration(), [:]) == nil)
    }
}
