import Glibc
import Testing

@testable import Resolving

@Suite struct ProcessFactsTests {
    private func stat(_ name: String, state: String = "S", start: String = "4711") -> [UInt8] {
        var fields = ["812", "(\(name))", state] + [String](repeating: "0", count: 49)
        fields[21] = start
        fields[49] = "100"
        fields[50] = "200"
        return Array((fields.joined(separator: " ") + "\n").utf8)
    }

    @Test(arguments: ["sleep", "a b", ") Z 1 (", "((", ""])
    func stampsAreReadBehindTheName(name: String) throws {
        let stamp = try #require(ProcessStamp(parsing: stat(name)))
        #expect(stamp.startTime == 4_711)
        #expect(stamp.environmentStart == 100)
        #expect(stamp.environmentEnd == 200)
        #expect(!stamp.isOver)
    }

    @Test func theDeadAreKnown() {
        #expect(ProcessStamp(parsing: stat("x", state: "Z"))?.isOver == true)
        #expect(ProcessStamp(parsing: stat("x", state: "D"))?.isOver == false)
    }

    @Test(arguments: [
        "", "812", "812 (x", "812 (x) S 1 2 3", "812 (x) S" + String(repeating: " x", count: 60),
    ])
    func otherTextIsNoStamp(text: String) {
        #expect(ProcessStamp(parsing: Array(text.utf8)) == nil)
    }

    @Test func rightsAreTheEffectiveOnes() {
        let text = "Name:\tUid: 5\nUid:\t1\t1000\t3\t4\nGid:\t1\t100\t3\t4\nGroups:\t4 24 27 \n"
        let rights = FileRights(parsing: Array(text.utf8))
        #expect(rights?.user == 1_000)
        #expect(rights?.group == 100)
        #expect(rights?.groups == [4, 24, 27])
        #expect(FileRights(parsing: Array("Uid:\t1\n".utf8)) == nil)
    }

    /// CAP_DAC_OVERRIDE is bit 1, CAP_DAC_READ_SEARCH bit 2; what is only permitted is not in effect.
    @Test(arguments: [
        ("CapEff:\t0000000000000004", true), ("CapEff:\t0000000000000002", true),
        ("CapEff:\t000001ffffffffff", true), ("CapEff:\t0000000000080009", false),
        ("CapPrm:\t0000000000000004\nCapEff:\t0000000000000000", false), ("CapEff:\tx", false),
        ("", false),
    ])
    func capabilitiesThatOpenEveryFile(lines: String, reads: Bool) {
        let text = "Uid:\t1 1 1 1\nGid:\t1 1 1 1\nGroups:\t\n\(lines)\n"
        #expect(FileRights(parsing: Array(text.utf8))?.readsEverything == reads)
    }

    @Test func theFirstOfTwoVariablesCounts() {
        let bytes = Array("A=1\0A=2\0B\0=C=3\0D==\0\0E=a\nb\0".utf8)
        #expect(environmentVariables(bytes) == ["A": "1", "=C": "3", "D": "=", "E": "a\nb"])
        #expect(environmentVariables([]) == [:])
    }

    @Test(
        arguments: [
            ("0::/system.slice/app.service\n", true),
            ("0::/system.slice/app.service/worker\n", true),
            ("0::/../app.service\n", true),
            ("12:pids:/x\n1:name=systemd:/system.slice/app.service\n", true),
            ("0::/system.slice/_app.service\n", true),
            ("0::/system.slice/my-app.service\n", false),
            ("0::/system.slice/app.service.d\n", false),
            ("0::/\n", false), ("", false),
        ])
    func groupsNameTheUnit(text: String, isOf: Bool) {
        #expect(isOfUnit("app.service", cgroup: Array(text.utf8)) == isOf)
    }

    @Test func ownFilesAreRead() throws {
        let bytes = try ProcessFile.read(getpid(), "stat")
        #expect(ProcessStamp(parsing: bytes)?.isOver == false)
        #expect(throws: ProcessFile.Failure(code: ENOENT)) {
            try ProcessFile.read(getpid(), "none")
        }
        #expect(ProcessRoot(of: getpid()) == nil)
    }
}
