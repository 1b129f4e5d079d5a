import Model
import Testing

@testable import Resolving

private let credentialsPath = "/home/app/.aws/credentials"
private let configPath = "/home/app/.aws/config"

@Suite struct PlanRowsTests {
    /// A sentence like "A hides B in FILE:LINE" needs these.
    @Test func titlesOfWhatIsHidden() throws {
        let plan = try plan(
            "x", .defaultChain,
            [
                "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "nonsense",
            ],
            credentials: "[default]\n\(exampleKeys)",
            config:
                "[default]\nrole_arn = r\nsource_profile = gone\ncredential_process = x secret\n"
        ).get()
        #expect(
            plan.rows.map(\.title) == [
                "AWS_ACCESS_KEY_ID in the environment", "role_arn of [default] in \(configPath):1",
                "[default] in \(credentialsPath):1",
                "credential_process of [default] in \(configPath):1",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI in the environment",
                "the instance metadata service at http://169.254.169.254",
            ])
        #expect(
            plan.rows.map(\.accessKeyID) == ["AKIA", nil, exampleKeyID, nil, nil, nil])
        // What would fail says why, and hurts nobody as long as it does not count.
        guard case .badChain = plan.rows[1].problem, case .badSetting = plan.rows[4].problem else {
            return #expect(Bool(false))
        }
        #expect(plan.rows.map(\.steps.count) == [1, 0, 1, 1, 0, 1])
        #expect(plan.rows.filter { $0.problem != nil }.count == 2)
    }

    @Test func aNamedProfileAsksNobodyElse() throws {
        let plan = try plan(
            "app", .profile,
            [
                "AWS_ACCESS_KEY_ID": "AKIA", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c",
            ], credentials: "[app]\n\(exampleKeys)"
        ).get()
        #expect(
            plan.rows.map(\.source) == [.environmentKeys, .webIdentity, .profileKeys, .container])
        #expect(
            plan.rows.map(\.standing) == [.notConsulted, .notConsulted, .chosen, .notConsulted])
        // Half a key of an environment that nobody asks stops nothing.
        #expect(
            plan.rows[0].problem
                == .incomplete(
                    missing: "AWS_SECRET_ACCESS_KEY",
                    present: .environment(variable: "AWS_ACCESS_KEY_ID")))
    }

    @Test func aProcessCarriesTheOwnerOfItsFile() throws {
        let plan = try plan(
            "app", .profile, ["A": "b"],
            config: "[profile app]\naws_account_id = 123456789012\ncredential_process = x -p y\n"
        ).get()
        guard case .process(let step) = plan.steps.first else { return #expect(Bool(false)) }
        #expect(step.command.value == Secret("x -p y"))
        #expect(step.command.provenance.description == "\(configPath):3:1")
        #expect(step.file == FileOwnership(user: 1000, group: 1000, mode: 0o600))
        #expect(step.environment.variables == ["A": "b"])
        #expect(step.accountID == "123456789012")
    }

    private static let notes: [(String, String?)] = [
        ("regoin = eu-west-1", "perhaps region is meant"),
        ("aws_secret_acess_key = x", "perhaps aws_secret_access_key is meant"),
        ("qV2pWn8hJ4tLzR6cXs0dFbGy1kMmUe7a = ", "the SDKs skip it"),
        ("output = json", nil), ("cli_pager =", nil), ("x_principal_arn = a", nil),
        ("s3 =\n  max_concurrent_requests = 20", nil),
        ("source_profile = other", "source_profile counts beside role_arn only"),
    ]

    @Test(arguments: notes)
    func whatTheSDKsPassOver(_ text: String, _ note: String?) throws {
        let plan = try plan(config: "[profile app]\n\(exampleKeys)\(text)\n").get()
        #expect(plan.notes.count == (note == nil ? 0 : 1))
        if let note {
            #expect(plan.notes.first?.sentence.contains(note) == true)
            #expect(plan.notes.first?.location.description == "\(configPath):4:1")
            #expect(plan.notes.first?.sentence.lowercased().contains("qv2p") == false)
        }
    }

    @Test func theSourceProfilesAreLookedAtToo() throws {
        let plan = try plan(
            credentials: "[base]\n\(exampleKeys)aws_sesion_token = x\n",
            config: "[profile app]\nrole_arn = r\nsource_profile = base\nextrenal_id = x\n"
        ).get()
        #expect(
            plan.notes.map(\.location.description) == [
                "\(configPath):4:1", "\(credentialsPath):4:1",
            ]
        )
    }

    @Test func everyPropertyHasASlot() {
        #expect(KnownProperty.allCases.count <= SharedProfile.slotCount)
        #expect(KnownProperty.allCases.count <= UInt64.bitWidth)
    }
}
