import CLinux
import Glibc
import Model
import Support
import Testing

@testable import Switching

/// File systems without room, and read-only ones, in a mount namespace of their own.
@Suite(.timeLimit(.minutes(5)))
struct SwitchDiskTests {
    private let program: String
    private let directory: TestDirectory

    init() throws {
        program = try #require(BuiltProduct.path("credwatch-switch"))
        directory = try TestDirectory()
    }

    private func run(_ script: String) async throws -> Subprocess.Outcome {
        guard await MountNamespace.isPossible() else {
            try Test.cancel("needs root and mount namespaces")
        }
        let command = MountNamespace.command(after: script, [program])
        return try await Subprocess.run(
            command[0], Array(command[1...]), environment: Subprocess.inheritedEnvironment)
    }

    /// The old file and the new one take five pages; with fewer, a step after the other finds no room.
    @Test func `a full disk leaves the old file, whatever step finds it full`() async throws {
        let outcome = try await run(
            """
            cd \(directory.path)
            mkdir -m 700 disk
            mount -t tmpfs -o size=16k,nr_inodes=32,mode=700 tmpfs disk
            before='[app]
            aws_access_key_id = A
            aws_secret_access_key = B
            [other]
            region = x'
            full=0
            for blocks in 3 2 1 0; do
                rm -f disk/*
                printf '%s\\n' "$before" >disk/credentials
                if [ $blocks != 0 ]; then head -c $((blocks * 4096)) /dev/zero >disk/filler; fi
                status=0
                "$1" credentials $PWD/disk/credentials app 1 1 0 >out || status=$?
                if [ $status = 0 ]; then
                    grep -q AKIA0000000000000001 disk/credentials
                else
                    [ $status = 1 ]
                    grep -q 'No space left on device' out
                    [ "$(cat disk/credentials)" = "$before" ]
                    [ -z "$(find disk -name '.*credwatch*' -o -name '*credwatch-2*')" ]
                    full=$((full + 1))
                fi
                rm -f disk/filler
                "$1" credentials $PWD/disk/credentials app 2 2 0
                grep -q AKIA0000000000000002 disk/credentials
                grep -q 'region = x' disk/credentials
            done
            umount disk
            rmdir disk
            rm -f out
            [ $full -ge 2 ]
            """)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }

    /// So does a file system without inodes to spare.
    @Test func `without inodes nothing is changed`() async throws {
        let outcome = try await run(
            """
            cd \(directory.path)
            mkdir -m 700 disk
            mount -t tmpfs -o size=64k,nr_inodes=5,mode=700 tmpfs disk
            printf '[app]\\nregion = x\\n' >disk/credentials
            failed=0
            for number in 3 2 1 0; do
                rm -f disk/filler*
                for filler in $(seq $number); do : >disk/filler$filler || true; done
                before=$(cat disk/credentials)
                if ! "$1" credentials $PWD/disk/credentials app $number$number $number$number 0; then
                    [ "$(cat disk/credentials)" = "$before" ]
                    [ -z "$(find disk -name '.*credwatch*')" ]
                    failed=$((failed + 1))
                fi
            done
            grep -q 'region = x' disk/credentials
            umount disk
            rmdir disk
            [ $failed -ge 1 ]
            """)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }

    @Test func `a read-only file system is a refusal`() async throws {
        let outcome = try await run(
            """
            cd \(directory.path)
            mkdir -m 700 disk
            mount -t tmpfs -o mode=700 tmpfs disk
            printf '[app]\\n' >disk/credentials
            mount -o remount,ro disk
            status=0
            "$1" credentials $PWD/disk/credentials app 1 1 0 || status=$?
            umount disk
            rmdir disk
            exit $((status == 2 ? 0 : 1))
            """)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("its file system is read-only"))
    }

    @Test func `an owner's rights are all that root uses`() async throws {
        guard geteuid() == 0 else { try Test.cancel("needs root") }
        try #require(chmod(directory.path, 0o755) == 0)
        let home = directory.path + "/home"
        try #require(mkdir(home, 0o700) == 0)
        let path = try directory.write("home/credentials", section("app", 1))
        for entry in [home, path] { try #require(chown(entry, 65_534, 65_534) == 0) }
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let file = try FileSwitcher(watch: .zero).write(
            numberedKeys(2), to: place, now: WallTime(seconds: 0))
        for entry in [path, file.keptPath ?? "", path + ".credwatch.lock"] {
            var status = stat()
            #expect(lstat(entry, &status) == 0 && status.st_uid == 65_534, "\(entry)")
        }
        #expect(geteuid() == 0 && access("/root", W_OK) == 0)
        // A directory that the owner cannot reach is none, though root could.
        try #require(chmod(directory.path, 0o700) == 0)
        let problem = #expect(throws: SwitchProblem.self) {
            try FileSwitcher(watch: .zero).write(
                numberedKeys(4), to: place, now: WallTime(seconds: 0))
        }
        #expect(problem?.kind == .refused)
    }
}
