import FoundationEssentials
import Model
import Testing

@testable import Sandbox

@Suite struct AdminEndpointTests {
    let sandbox: Sandbox
    let key: AccessKey

    init() throws {
        sandbox = try Sandbox()
        key = try sandbox.createUser("app")
    }

    func send(
        _ line: String, host: String? = nil, token: String? = nil
    ) throws -> (status: Int, head: String, body: String) {
        let client = try #require(TestClient(port: sandbox.port))
        client.send(
            "\(line) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(sandbox.port)")\r\n"
                + "Authorization: \(token ?? "Bearer \(sandbox.adminToken.reveal())")\r\n\r\n")
        return try #require(client.answer())
    }

    @Test func changesKeys() throws {
        #expect(try send("POST /_sandbox/deactivate?key=\(key.id)").status == 200)
        #expect(try sandbox.withWorld { world, _ in world.keys[key.id]?.isActive } == false)
        #expect(try send("POST /_sandbox/activate?user=app").status == 200)
        #expect(try sandbox.withWorld { world, _ in world.keys[key.id]?.isActive } == true)
        #expect(try send("POST /_sandbox/delete?user=app").body.contains("is deleted"))
        #expect(try send("POST /_sandbox/delete?user=app").status == 400)
        let created = try send("POST /_sandbox/create-key?user=app").body
        let keys = try sandbox.withWorld { world, _ throws(ServiceFault) in
            try world.keys(of: "app", in: Sandbox.standardAccount)
        }
        let newest = try #require(keys.last)
        #expect(created.contains(newest.id))
        #expect(created.contains(newest.secret.reveal()))
    }

    @Test func throwsFaults() throws {
        let line =
            "POST /_sandbox/fault?throttle=on&latency=0s&clock_offset=-6m&refuse_regions=a-b-1,c-d-1"
        #expect(try send(line).status == 200)
        #expect(sandbox.faults.isThrottling)
        #expect(sandbox.faults.clockOffset == .seconds(-360))
        #expect(sandbox.faults.refusedRegions == ["a-b-1", "c-d-1"])
        let answer = try send("POST /_sandbox/fault?throttle=off&latency=-1s")
        #expect(answer.status == 400)
        #expect(answer.body.contains("latency is a duration"))
        #expect(sandbox.faults.isThrottling)
    }

    @Test func showsItsStateWithoutSecrets() throws {
        struct State: Decodable {
            struct Account: Decodable {
                struct User: Decodable {
                    struct Key: Decodable {
                        var accessKeyID: String
                        var status: String
                        enum CodingKeys: String, CodingKey {
                            case accessKeyID = "access_key_id"
                            case status
                        }
                    }
                    var name: String
                    var keys: [Key]
                }
                var account: String
                var users: [User]
            }
            var calls: Int
            var accounts: [Account]
        }
        let session = try sandbox.startSession(user: "app")
        let answer = try send("GET /_sandbox/state")
        #expect(answer.status == 200)
        for secret in [key.secret, session.secret, session.token, sandbox.adminToken] {
            #expect(!answer.body.contains(secret.reveal()))
        }
        let state = try JSONDecoder().decode(State.self, from: Data(answer.body.utf8))
        #expect(state.calls == 0)
        #expect(state.accounts.first?.users.first?.keys.first?.accessKeyID == key.id)
        #expect(state.accounts.first?.users.first?.keys.first?.status == "Active")
        #expect(answer.body.contains(session.id))
    }

    @Test func letsNobodyInWithoutTokenOrUnderAnotherName() throws {
        let line = "POST /_sandbox/deactivate?key=\(key.id)"
        #expect(try send(line, token: "").status == 401)
        #expect(try send(line, token: "Bearer ").status == 401)
        #expect(try send(line, token: "Bearer x").status == 401)
        #expect(try send(line, host: "evil.example:\(sandbox.port)").status == 403)
        #expect(try send(line, host: "127.0.0.1:1").status == 403)
        #expect(try sandbox.withWorld { world, _ in world.keys[key.id]?.isActive } == true)
        #expect(try send(line, host: "localhost:\(sandbox.port)").status == 200)
    }

    @Test(arguments: [
        ("GET /_sandbox/deactivate?user=app", 405), ("POST /_sandbox/state", 405),
        ("POST /_sandbox/", 400), ("POST /_sandbox/explode?user=app", 400),
        ("POST /_sandbox/deactivate", 400), ("POST /_sandbox/deactivate?user=none", 400),
        ("POST /_sandbox/deactivate?key=AKIAQNCLJGYSAZAAN74C", 400),
        ("POST /_sandbox/fault", 400), ("POST /_sandbox/fault?x=1", 400),
        ("POST /_sandbox/expire?key=ASIAQNZGKIQY56JQ7WML", 400),
        ("POST /_sandbox/%FF%00", 400),
    ])
    func refusesWhatItDoesNotKnow(line: String, status: Int) throws {
        let answer = try send(line)
        #expect(answer.status == status)
        #expect(answer.body.hasPrefix("{\"error\":\""))
    }
}
