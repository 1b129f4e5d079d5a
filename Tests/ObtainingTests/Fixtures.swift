import Glibc
import HTTP
import Model
import Support

@testable import Obtaining

let testPlace = Provenance.environment(variable: "AWS_TEST")

/// An obtainer with a transport of its own, whose proxy leads nowhere: what is of this machine must not
/// go through it.
func makeObtainer(proxy: CurlOptions.Proxy = .url("http://127.0.0.1:9")) throws -> Obtainer {
    Obtainer(transport: try CurlTransport(CurlOptions(proxy: proxy)))
}

/// Carries one step out, and returns what it gave or why not.
func obtain(
    _ obtainer: Obtainer, _ steps: [PlanStep], within limit: Duration = .seconds(10)
) async -> Result<ObtainedCredentials, ObtainProblem> {
    do throws(ObtainProblem) {
        return .success(try await obtainer.obtain(steps, within: limit))
    } catch {
        return .failure(error)
    }
}

extension Result where Failure == ObtainProblem {
    var problem: ObtainProblem? {
        if case .failure(let problem) = self { problem } else { nil }
    }
}

/// A short name of a reason, for tables.
func kind(_ problem: ObtainProblem?) -> String {
    switch problem?.reason {
    case nil: "none"
    case .refused(let error, _): "refused \(error.code)"
    case .notAWS(let what, _): "notAWS \(what)"
    case .failed(let failure): "failed \(failure.phase)"
    case .unavailable: "unavailable"
    case .nothing: "nothing"
    case .badAnswer: "badAnswer"
    case .untrusted: "untrusted"
    case .local(.badSetting): "badSetting"
    case .local(.fileUnreadable): "fileUnreadable"
    case .local: "local"
    case .loginNeeded: "loginNeeded"
    case .processFailed: "processFailed"
    }
}

/// All that a problem can show.
func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text + String(reflecting: value)
}

/// The clause of a reason.
func clause(_ problem: ObtainProblem?) -> String {
    switch problem?.reason {
    case .unavailable(let text), .nothing(let text), .badAnswer(let text), .untrusted(let text):
        text
    case .local(.badSetting(_, let what, _)): what
    case .local(.fileUnreadable(_, let reason, _)): reason
    default: ""
    }
}

let agentJSON =
    #"{"Code":"Success","AccessKeyId":"ASIAY34FZKBOKMUTVV7A","SecretAccessKey":"agent-secret-of-40-characters","#
    + #""Token":"agent-token-that-is-secret","Expiration":"2099-01-01T00:00:00Z","AccountId":"028075177508"}"#

/// A file of its own folder that goes with the test.
final class TemporaryFile: Sendable {
    let path: String
    private let folder: String

    init(_ text: String) throws {
        var template = Array("/tmp/credwatch-obtaining-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Trouble() }
        folder = String(cString: made)
        path = folder + "/token"
        write(text)
    }

    struct Trouble: Error {}

    func write(_ text: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = text.withCString { Glibc.write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }

    deinit {
        unlink(path)
        rmdir(folder)
    }
}
