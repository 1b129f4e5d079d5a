import Model
import Testing

@testable import Diagnosing

@Suite struct EquivalenceTests {
    private let get = EquivalentAction(action: "s3:GetObject", resource: "arn:aws:s3:::b/*")
    private let list = EquivalentAction(action: "ec2:DescribeRegions", resource: "*")

    private func member(
        _ name: String, _ decisions: (EquivalentAction, SimulatedAction.Decision)...
    ) -> GroupMember {
        GroupMember(
            profile: name,
            permissions: .simulated(
                principal: "arn:aws:iam::123456789012:user/\(name)",
                decisions.map { action, decision in
                    SimulatedAction(
                        action: action.action, resource: action.resource, decision: decision)
                }))
    }

    private func finding(_ primary: GroupMember, _ backups: GroupMember...) -> EquivalenceFinding {
        equivalenceFinding(
            group: "app", actions: [get, list], primary: primary, backups: backups)
    }

    @Test func `equal permissions are nothing to say`() {
        let finding = finding(
            member("app", (get, .allowed), (list, .allowed)),
            member("backup", (get, .allowed), (list, .allowed)))
        #expect(finding == EquivalenceFinding(advisories: [], incomplete: nil))
    }

    @Test func `a backup that lacks something is told with the actions and commands`() throws {
        let finding = finding(
            member("app", (get, .allowed), (list, .allowed)),
            member("one", (get, .allowed), (list, .allowed)),
            member("two", (get, .explicitDeny), (list, .implicitDeny)))
        let advisory = try #require(finding.advisories.first)
        #expect(finding.advisories.count == 1 && finding.incomplete == nil)
        #expect(advisory.kind == .backupLacksPermission)
        #expect(
            advisory.message
                == "By IAM's simulation for group app, which does not see policies of resources: two may not do what app may: s3:GetObject on arn:aws:s3:::b/* (denied by a policy), ec2:DescribeRegions."
        )
        #expect(
            advisory.commands == [
                "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:user/two --action-names s3:GetObject --resource-arns 'arn:aws:s3:::b/*'",
                "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:user/two --action-names ec2:DescribeRegions",
            ])
    }

    @Test func `what both lack, or the primary alone, is worded otherwise`() throws {
        let both = try #require(
            finding(
                member("app", (get, .implicitDeny), (list, .allowed)),
                member("backup", (get, .implicitDeny), (list, .allowed))
            ).advisories.first)
        #expect(both.message.contains("neither app nor backup may do: s3:GetObject"))
        #expect(!both.message.contains("may not do what"))
        let primary = try #require(
            finding(
                member("app", (get, .implicitDeny), (list, .allowed)),
                member("backup", (get, .allowed), (list, .allowed))
            ).advisories.first)
        #expect(primary.message.contains("app itself may not do: s3:GetObject"))
    }

    @Test func `reasons and unknown conditions are told`() throws {
        var denied = SimulatedAction(
            action: "S3:getobject", resource: get.resource, decision: .implicitDeny,
            missingContext: ["aws:SourceIp"])
        denied.isDeniedByOrganization = true
        let finding = finding(
            member("app", (get, .allowed), (list, .allowed)),
            GroupMember(
                profile: "backup",
                permissions: .simulated(
                    principal: "arn:aws:iam::1:user/$(x)",
                    [
                        denied,
                        SimulatedAction(action: list.action, resource: "*", decision: .allowed),
                    ]
                )))
        let advisory = try #require(finding.advisories.first)
        #expect(
            advisory.message.contains(
                "s3:GetObject on arn:aws:s3:::b/* (denied by the organization, depends on aws:SourceIp)"
            ))
        // A principal that a shell would read is in no command.
        #expect(advisory.commands.isEmpty)
    }

    @Test func `who could not be asked is told apart from what is not known now`() throws {
        let finding = equivalenceFinding(
            group: "app", actions: [get],
            primary: GroupMember(
                profile: "app",
                permissions: .denied(
                    action: "iam:SimulatePrincipalPolicy", asker: "ops", message: "no")),
            backups: [
                GroupMember(profile: "one", permissions: .notSimulated("it is root")),
                GroupMember(profile: "two", permissions: .unknown("throttled")),
                member("three", (get, .implicitDeny)),
            ])
        #expect(finding.incomplete == "two: throttled")
        #expect(finding.advisories.map(\.kind) == [.backupLacksPermission, .lookDenied])
        #expect(finding.advisories[0].message.contains("three may not do: s3:GetObject"))
        #expect(
            finding.advisories[1].message.contains(
                "ops may not call iam:SimulatePrincipalPolicy about app (no); one cannot be compared: it is root"
            ))
    }

    @Test func `a decision that IAM did not give says nothing`() {
        #expect(
            finding(member("app", (list, .allowed)), member("backup", (list, .allowed)))
                == EquivalenceFinding(advisories: [], incomplete: nil))
    }
}
