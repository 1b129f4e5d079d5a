import Model
import Testing

@testable import Reporting

@Suite struct MessageIDTests {
    @Test func isA128BitNumberOfItsOwnForEachKind() {
        let ids = EventKind.allCases.map(\.messageID)
        #expect(Set(ids).count == EventKind.allCases.count)
        for id in ids {
            #expect(id.count == 32)
            #expect(id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
    }
}
