import Testing

@testable import Faults

#if DEBUG
    @Suite struct FaultPointTests {
        @Test func `the named point is due once`() {
            let plan = FaultPlan("switch.renamed")
            #expect(plan?.isDue("switch.written") == false)
            #expect(plan?.isDue("switch.renamed") == true)
            #expect(plan?.isDue("switch.renamed") == false)
        }

        @Test func `a count waits for that many times`() {
            let plan = FaultPlan("switch.renamed:3")
            #expect(
                (1...4).map { _ in plan?.isDue("switch.renamed") } == [false, false, true, false])
        }

        @Test(arguments: [nil, "", ":2"])
        func `nothing is planned without a name`(text: String?) {
            #expect(FaultPlan(text) == nil || FaultPlan(text)?.isDue("switch.renamed") == false)
        }
    }
#endif
