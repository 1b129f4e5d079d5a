import Diagnosing
import Model
import Support
import Testing

@Suite struct NextStepTests {
    @Test(arguments: Row.all)
    func `row by row`(row: Row) throws {
        let interrogation = Interrogation(row.subject, row.answers)
        #expect(interrogation.asked == row.asked)
        let diagnosis = try #require(interrogation.diagnosis)
        #expect(diagnosis.cause == row.cause)
        #expect(diagnosis.verdict == row.verdict)
        #expect(!diagnosis.summary.isEmpty)
        #expect(diagnosis.remedy.isEmpty == (row.cause == .ok))
    }

    // MARK: - What is sent

    @Test func `the first question is the application's own`() throws {
        let subject = Sample.subject(Sample.withLeftover)
        guard
            case .ask(let question, let credentials, let endpoint) = nextStep(
                for: subject, after: [])
        else {
            Issue.record("nothing is asked")
            return
        }
        #expect(question == .asConfigured)
        #expect(credentials == subject.resolved.credentials)
        #expect(endpoint == Sample.endpoint)
    }

    @Test func `the main region is asked with the same credentials`() {
        let interrogation = Interrogation(
            Sample.subject(Sample.temporary), [.asConfigured: Sample.unknownKey])
        #expect(interrogation.asked == [.asConfigured, .mainRegion])
        #expect(interrogation.requests.last?.credentials == Sample.temporary)
        #expect(interrogation.requests.last?.endpoint == Sample.mainEndpoint)
    }

    @Test func `a key with a leftover token is asked about without it from then on`() {
        let interrogation = Interrogation(
            Sample.subject(Sample.withLeftover),
            [.asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.unknownKey])
        #expect(interrogation.asked == [.asConfigured, .withoutSessionToken, .mainRegion])
        #expect(
            interrogation.requests.map { $0.credentials.sessionToken == nil } == [
                false, true, true,
            ])
        #expect(
            interrogation.requests.map(\.endpoint) == [
                Sample.endpoint, Sample.endpoint, Sample.mainEndpoint,
            ])
    }

    @Test func `what is wrong with the text is found without a request`() throws {
        let interrogation = Interrogation(
            Sample.subject(Sample.credentials(keyID: Sample.temporaryKeyID)), [:])
        #expect(interrogation.asked.isEmpty)
        #expect(try #require(interrogation.diagnosis).cause == .sessionTokenMissing)
    }
}
