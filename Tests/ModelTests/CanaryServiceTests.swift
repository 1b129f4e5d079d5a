import Model
import Support
import Testing

@Suite struct CanaryServiceTests {
    @Test func `names are unique and in order`() {
        let names = CanaryService.all.map(\.name)
        #expect(names == Set(names).sorted())
        #expect(CanaryService(named: "cloudwatch")?.signingName == "monitoring")
        #expect(CanaryService(named: "lambda") == nil)
    }

    @Test(.enabled("python3 with botocore is not installed") { await hasBotocore })
    func `the table is what botocore's models say`() async throws {
        let script = """
            import botocore.session, sys
            session = botocore.session.get_session()
            for service in session.get_available_services():
                m = session.get_service_model(service).metadata
                print('\\t'.join([
                    m['endpointPrefix'], m.get('signingName') or m['endpointPrefix'], m['apiVersion'],
                    m.get('targetPrefix') or '-', m.get('jsonVersion') or '-',
                    m['serviceId'].upper().replace(' ', '_').replace('-', '_')]))
            """
        let outcome = try await Subprocess.run("python3", ["-c", script])
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let rows = outcome.outputText.split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        #expect(rows.count > 300)
        for service in CanaryService.all {
            let found = rows.contains { row in
                guard row.count == 6, row[0] == service.host, row[1] == service.signingName,
                    row[5] == service.setting
                else { return false }
                return switch service.form {
                case .query(let version): row[2] == version
                case .json(let target, let minor): row[3] == target && row[4] == "1.\(minor)"
                case .bucketList: true
                }
            }
            #expect(found, "\(service)")
        }
    }

    private static var hasBotocore: Bool {
        get async {
            let outcome = try? await Subprocess.run("python3", ["-c", "import botocore.session"])
            return outcome?.ending == .exited(0)
        }
    }
}
