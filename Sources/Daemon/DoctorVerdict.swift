import Diagnosing
import Model

extension Doctor {
    /// Draws the conclusion: what the check found, as far as it came.
    func verdictPart(
        _ result: CheckResult?, _ identity: DoctorSection<DoctorIdentity>,
        _ explanation: Explanation?
    ) -> DoctorSection<Diagnosis> {
        if let diagnosis = result?.diagnosis {
            return DoctorSection(state(of: diagnosis), diagnosis)
        }
        if case .notAsked(let reason) = identity.state { return .notAsked(reason) }
        if let problem = explanation?.problem { return DoctorSection(state(of: problem), problem) }
        let diagnosis = diagnosisOfTimedOutCheck(after: order.limit)
        return DoctorSection(state(of: diagnosis), diagnosis)
    }

    /// What a CI system offers in place of the key in use.
    func advice(for report: DoctorReport) -> PipelineAdvice? {
        // A job has our own environment; that of a service has nothing to do with it.
        guard order.profile.surroundings == .own else { return nil }
        let plan = report.configuration.content?.plan
        let result = report.identity.content?.result
        return pipelineAdvice(
            in: environment.variables,
            accessKeyID: result?.accessKeyID ?? plan?.keys?.accessKeyID.value,
            identity: result?.identity, region: plan?.region.value)
    }

    /// The requests with the names of the profiles whose keys signed them.
    func signed(_ records: [RequestRecord], _ report: DoctorReport) -> [RequestRecord] {
        var names = signers.names
        for row in report.configuration.content?.plan?.rows ?? [] {
            if let id = row.accessKeyID, names[id] == nil { names[id] = row.title }
        }
        if let id = report.identity.content?.result.accessKeyID { names[id] = report.profile }
        if let asker = report.user.content?.askedBy {
            // Whoever else signed a question to IAM did so as the second identity.
            for record in records where record.service == "iam" {
                if let id = record.accessKeyID, names[id] == nil { names[id] = asker }
            }
        }
        return records.map { record in
            var record = record
            record.signer = record.accessKeyID.flatMap { names[$0] }
            return record
        }
    }
}
