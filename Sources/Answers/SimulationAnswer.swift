package import Model

/// What `iam:SimulatePrincipalPolicy` answers: a page of decisions.
package struct SimulationAnswer: Sendable, Hashable {
    package private(set) var decisions: [SimulatedAction] = []
    /// Where the next page begins; nil at the end.
    package private(set) var marker: String?

    /// More than this no page has.
    private static let mostDecisions = 1_000

    /// Reads an answer; nil when it holds no decision.
    package init?(_ body: [UInt8]) {
        var decision = SimulatedAction(action: "", resource: "*", decision: .implicitDeny)
        var isDecided = false
        var decisions: [SimulatedAction] = []
        var marker: String?
        var isTruncated = false
        XMLScanner.forEachElement(in: body) { path, text in
            // SimulatePrincipalPolicyResponse, SimulatePrincipalPolicyResult, and what is of interest.
            let path = path.dropFirst(2)
            switch path.joined(separator: "/") {
            case "EvaluationResults/member/EvalActionName":
                decision.action = printable(text)
            case "EvaluationResults/member/EvalResourceName":
                decision.resource = printable(text)
            case "EvaluationResults/member/EvalDecision":
                if let value = SimulatedAction.Decision(rawValue: printable(text)) {
                    decision.decision = value
                    isDecided = true
                }
            case "EvaluationResults/member/MissingContextValues/member":
                if decision.missingContext.count < 20 {
                    decision.missingContext.append(printable(text))
                }
            case "EvaluationResults/member/OrganizationsDecisionDetail/AllowedByOrganizations":
                decision.isDeniedByOrganization = printable(text) == "false"
            case "EvaluationResults/member/PermissionsBoundaryDecisionDetail/AllowedByPermissionsBoundary":
                decision.isDeniedByBoundary = printable(text) == "false"
            case "EvaluationResults/member":
                if isDecided, !decision.action.isEmpty, decisions.count < Self.mostDecisions {
                    decisions.append(decision)
                }
                decision = SimulatedAction(action: "", resource: "*", decision: .implicitDeny)
                isDecided = false
            case "IsTruncated": isTruncated = printable(text) == "true"
            case "Marker": marker = printable(text)
            default: break
            }
        }
        guard !decisions.isEmpty else { return nil }
        self.decisions = decisions
        self.marker = isTruncated && marker?.isEmpty == false ? marker : nil
    }
}

/// Reads the ARN in the answer to `iam:GetRole`, which has the role's path; nil without one.
package func roleARN(in body: [UInt8]) -> String? {
    let arn = XMLRecords(body, names: ["Arn"]).top.plain(0, limit: 2_048)
    return arn.flatMap { $0.hasPrefix("arn:") ? $0 : nil }
}

/// A value without blanks around it; anything that is not printable ASCII becomes `?`.
private func printable(_ text: [UInt8]) -> String {
    let trimmed = text.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
    return String(
        decoding: trimmed.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") },
        as: UTF8.self)
}
