import Answers
import Model
import Testing

@Suite struct SimulationAnswerTests {
    private func answer(_ results: String, _ more: String = "<IsTruncated>false</IsTruncated>")
        -> [UInt8]
    {
        Array(
            """
            <?xml version="1.0"?>
            <SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
              <SimulatePrincipalPolicyResult>\(more)<EvaluationResults>\(results)</EvaluationResults>
              </SimulatePrincipalPolicyResult>
              <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
            </SimulatePrincipalPolicyResponse>
            """.utf8)
    }

    @Test func `decisions are read with their circumstances`() throws {
        let read = try #require(
            SimulationAnswer(
                answer(
                    """
                    <member><EvalActionName>s3:GetObject</EvalActionName>
                      <EvalResourceName>arn:aws:s3:::b/*</EvalResourceName>
                      <EvalDecision>allowed</EvalDecision>
                      <MatchedStatements><member><SourcePolicyId>p</SourcePolicyId></member></MatchedStatements>
                      <MissingContextValues/></member>
                    <member><EvalActionName>iam:GetUser</EvalActionName>
                      <EvalResourceName>*</EvalResourceName><EvalDecision>explicitDeny</EvalDecision>
                      <MissingContextValues><member>aws:SourceIp</member><member>aws:username</member></MissingContextValues>
                      <OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>
                      <PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>true</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>
                    </member>
                    <member><EvalActionName>iam:Odd</EvalActionName><EvalDecision>perhaps</EvalDecision></member>
                    """)))
        #expect(read.marker == nil)
        #expect(
            read.decisions == [
                SimulatedAction(
                    action: "s3:GetObject", resource: "arn:aws:s3:::b/*", decision: .allowed),
                SimulatedAction(
                    action: "iam:GetUser", resource: "*", decision: .explicitDeny,
                    missingContext: ["aws:SourceIp", "aws:username"], isDeniedByOrganization: true),
            ])
    }

    @Test func `a page names the next one only while it is truncated`() {
        let member =
            "<member><EvalActionName>a:B</EvalActionName><EvalDecision>allowed</EvalDecision></member>"
        func marker(_ more: String) -> String? { SimulationAnswer(answer(member, more))?.marker }
        #expect(marker("<IsTruncated>true</IsTruncated><Marker>AAA=</Marker>") == "AAA=")
        #expect(marker("<IsTruncated>false</IsTruncated><Marker>AAA=</Marker>") == nil)
        #expect(marker("<IsTruncated>true</IsTruncated>") == nil)
    }

    @Test(arguments: [
        "", "<", "<a>", "nonsense", "<SimulatePrincipalPolicyResponse/>",
        "<html><body>EvalDecision allowed</body></html>",
        "<a><b><EvaluationResults><member><EvalDecision>allowed</EvalDecision></member></EvaluationResults></b></a>",
    ])
    func `what holds no decision is none`(text: String) {
        #expect(SimulationAnswer(Array(text.utf8)) == nil)
    }

    @Test func `depth and size are bounded`() {
        let deep = String(repeating: "<member>", count: 200_000)
        #expect(SimulationAnswer(Array(deep.utf8)) == nil)
        let member =
            "<member><EvalActionName>\(String(repeating: "x", count: 1_000))</EvalActionName><EvalDecision>allowed</EvalDecision></member>"
        let many = SimulationAnswer(answer(String(repeating: member, count: 3_000)))
        #expect(many?.decisions.count == 1_000)
    }

    @Test func `a role's ARN is read`() {
        let role = """
            <GetRoleResponse><GetRoleResult><Role><Path>/team/</Path>
            <Arn>arn:aws:iam::123456789012:role/team/app</Arn><RoleLastUsed><Arn>x</Arn></RoleLastUsed>
            </Role></GetRoleResult></GetRoleResponse>
            """
        #expect(roleARN(in: Array(role.utf8)) == "arn:aws:iam::123456789012:role/team/app")
        #expect(roleARN(in: Array("<a><b><Role><Arn>x</Arn></Role></b></a>".utf8)) == nil)
    }
}
