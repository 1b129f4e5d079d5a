import Glibc
import Model
import Sandbox
import Support

@testable import Daemon

/// A profile whose source is bad in one way, and what has to come of it.
struct BadInput: Sendable {
    let name: String
    let cause: Cause
    /// What has to occur in the summary.
    let says: String
    /// The check's time limit, which only a program that hangs has to run into.
    var limit: Duration { name == "hangs" ? .seconds(2) : .seconds(20) }
    /// Makes the source, and returns what the application's environment sets.
    let make: @Sendable (BadInputBench) throws -> [String: String]

    init(
        _ name: String, _ cause: Cause, _ says: String,
        _ make: @escaping @Sendable (BadInputBench) throws -> [String: String]
    ) {
        self.name = name
        self.cause = cause
        self.says = says
        self.make = make
    }

    static let all = files + processes + services + tokens

    /// What stands in the place of the shared credentials file.
    private static func file(
        _ name: String, _ cause: Cause, _ says: String,
        _ make: @escaping @Sendable (BadInputBench, String) throws -> Void
    ) -> BadInput {
        BadInput(name, cause, says) { bench in
            let path = bench.folder.file(name)
            try make(bench, path)
            return ["AWS_SHARED_CREDENTIALS_FILE": path]
        }
    }

    private static let files = [
        file("100-mb", .fileUnreadable, "larger than 16 MiB (100 MiB)") { bench, path in
            try bench.folder.write("100-mb", "[default]\n")
            guard truncate(path, 100 << 20) == 0 else { throw Unprepared("truncate") }
        },
        file("endless-line", .fileMalformed, "endless-line:1:1") { bench, _ in
            try bench.folder.write("endless-line", String(repeating: "x", count: 2 << 20))
        },
        file("endless-value", .badSetting, "more than 65536 bytes") { bench, _ in
            let value = String(repeating: "A", count: 1 << 20)
            try bench.folder.write(
                "endless-value",
                "[default]\naws_access_key_id = \(value)\naws_secret_access_key = \(value)\n")
        },
        file("nul-bytes", .fileMalformed, "NUL bytes") { bench, _ in
            try bench.folder.write("nul-bytes", String(repeating: "\0", count: 4_096))
        },
        file("nul-byte", .malformedValue, "character") { bench, _ in
            try bench.folder.write(
                "nul-byte",
                "[default]\naws_access_key_id = \(Sample.keyID)\0\naws_secret_access_key = \(Sample.secret)\n"
            )
        },
        file("utf-16", .fileMalformed, "UTF-16") { bench, path in
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            let units = [0xFEFF] + Array("[default]\r\naws_access_key_id = x\r\n".utf16)
            guard write(descriptor, units, units.count * 2) == units.count * 2 else {
                throw Unprepared("write")
            }
        },
        file("directory", .fileUnreadable, "it is a directory") { _, path in
            guard mkdir(path, 0o755) == 0 else { throw Unprepared("mkdir") }
        },
        file("pipe", .fileUnreadable, "it is a named pipe") { _, path in
            guard mkfifo(path, 0o600) == 0 else { throw Unprepared("mkfifo") }
        },
        file("dangling", .noCredentials, "No credentials are configured") { _, path in
            guard symlink("/nowhere/at/all", path) == 0 else { throw Unprepared("symlink") }
        },
        file("circle", .fileUnreadable, "lead in a circle") { _, path in
            guard symlink(path, path) == 0 else { throw Unprepared("symlink") }
        },
        BadInput("environment-utf-16", .fileMalformed, "UTF-16") { bench in
            bench.environment("environment-utf-16", bytes: [0xFF, 0xFE, 0x41, 0])
            return [:]
        },
        BadInput("environment-nul", .fileMalformed, "NUL byte") { bench in
            bench.environment("environment-nul", bytes: Array("A=1\n\0".utf8))
            return [:]
        },
    ]

    private static func process(_ name: String, _ says: String, _ command: String) -> BadInput {
        BadInput(name, .processFailed, says) { bench in
            try bench.folder.write(name, "[default]\ncredential_process = \(command)\n")
            return ["AWS_CONFIG_FILE": bench.folder.file(name)]
        }
    }

    private static let processes = [
        process("page", "HTML", "echo '<html><body>Sign in</body></html>'"),
        process("silent", "printed nothing", "true"),
        process("1-gb", "printed more than 64 KiB", "head -c 1073741824 /dev/zero"),
        process("hangs", "did not end within 2s", "sleep 60"),
        process("fails", "exit code 3", "sh -c 'exit 3'"),
    ]

    /// A metadata service that gives its answer to each request.
    private static func service(
        _ name: String, _ cause: Cause, _ says: String, _ reply: ScriptedServer.Reply
    ) -> BadInput {
        BadInput(name, cause, says) { bench in
            [
                "AWS_EC2_METADATA_DISABLED": "false",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": try bench.server(reply),
            ]
        }
    }

    private static let services = [
        service("metadata-500", .sourceUnavailable, "500", .http(500, "oops")),
        service("metadata-404", .sourceUnavailable, "404", .http(404)),
        service("metadata-page", .sourceUnavailable, "metadata", .http(200, "<html> </html>")),
        service("metadata-closes", .sourceUnavailable, "metadata", .close),
        service("metadata-silent", .sourceUnavailable, "metadata", .hang),
        service("metadata-slow", .sourceUnavailable, "metadata", .slowly(200, "token-of-metadata")),
        BadInput("metadata-absent", .noCredentials, "Nothing gives credentials") { _ in
            [
                "AWS_EC2_METADATA_DISABLED": "false",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9",
            ]
        },
    ]

    private static func token(
        _ name: String, _ cause: Cause, _ says: String, _ text: String
    ) -> BadInput {
        BadInput(name, cause, says) { bench in
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": try bench.folder.write(name, text),
                "AWS_ROLE_ARN": "arn:aws:iam::\(Sandbox.standardAccount):role/pod",
            ]
        }
    }

    private static let tokens = [
        token("token-empty", .badSetting, "is empty", ""),
        token("token-newline", .badSetting, "is empty", "\n"),
        token("token-two-lines", .badSetting, "a character that no token has", "a\nb\n"),
        token("token-no-jwt", .webIdentityRefused, "web identity token", "words"),
    ]
}

/// What bad inputs need: a folder, the files of environments, and servers.
final class BadInputBench: Sendable {
    let folder: TestFolder
    private let servers = Servers()
    private let sts: String

    init(sts: String) throws {
        folder = try TestFolder()
        self.sts = sts
    }

    /// Starts a server that answers everything in one way, and returns its URL.
    func server(_ reply: ScriptedServer.Reply) throws -> String {
        let server = try ScriptedServer { _, _ in reply }
        servers.keep(server)
        return server.url
    }

    func environment(_ name: String, bytes: [UInt8]) {
        let descriptor = open(
            folder.file("\(name).env"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// Makes the profile of an input, with an environment of its own.
    func profile(_ input: BadInput) throws -> ProfileConfiguration {
        let more = try input.make(self)
        let base = [
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_STS": sts, "PATH": "/usr/bin:/bin",
        ]
        let path = folder.file("\(input.name).env")
        if access(path, F_OK) != 0 {
            let lines = base.merging(more) { $1 }.map { "\($0)=\($1)\n" }
            try folder.write("\(input.name).env", lines.joined())
        }
        return ProfileConfiguration(
            name: input.name, origin: .defaultChain, surroundings: .environmentFile(path),
            timeout: input.limit)
    }
}
