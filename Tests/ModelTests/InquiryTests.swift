import FoundationEssentials
import Model
import Testing

@Suite struct InquiryTests {
    @Test func `each action has its service and its parameter`() {
        #expect(InquiryAction.allCases.filter { $0.service == .sts } == [.accessKeyInfo])
        #expect(InquiryAction.attachedPolicies.name == "ListAttachedUserPolicies")
        let ofKey = Inquiry(.accessKeyLastUsed, about: "AKIA").parameters
        #expect(ofKey.map { "\($0.name)=\($0.value)" } == ["AccessKeyId=AKIA"])
        let page = Inquiry(.accessKeys, about: "app", marker: "m").parameters
        #expect(page.map { "\($0.name)=\($0.value)" } == ["UserName=app", "Marker=m"])
    }

    @Test func `the policy that is shipped allows just what is asked`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let bytes = Array(
            try Data(contentsOf: URL(fileURLWithPath: root + "/packaging/iam/diagnose-policy.json"))
        )
        let policy = try #require(JSONValue(parsing: bytes))
        #expect(policy["Version"]?.text == "2012-10-17")
        guard case .array(let statements)? = policy["Statement"] else {
            Issue.record("no statements")
            return
        }
        let own = try #require(statements.first { $0["Sid"]?.text == "CredwatchAsksAboutKeys" })
        guard case .array(let actions)? = own["Action"] else {
            Issue.record("no actions")
            return
        }
        #expect(
            actions.compactMap(\.text).sorted() == InquiryAction.allCases.map(\.rawValue).sorted())
        // Nothing that changes anything, and nothing that a wildcard may bring.
        for statement in statements {
            #expect(statement["Effect"]?.text == "Allow")
            guard case .array(let actions)? = statement["Action"] else { continue }
            for action in actions.compactMap(\.text) {
                let name = action.split(separator: ":").last ?? ""
                #expect(["Get", "List", "Simulate"].contains { name.hasPrefix($0) }, "\(action)")
                #expect(!action.contains("*"))
            }
        }
    }
}
