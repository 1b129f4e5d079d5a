import Glibc
import Model
import Testing

@testable import FailingOver

struct RotationStoreTests {
    private let bytes = Array("{}\n".utf8)

    @Test func `a journal is kept, replaced and removed`() throws {
        let directory = try TemporaryDirectory()
        let store = try RotationStore(stateDirectory: directory.path)
        #expect(try store.load("app") == nil)
        try store.save(bytes, "app")
        try store.save(bytes + bytes, "app")
        #expect(try RotationStore(stateDirectory: directory.path).load("app") == bytes + bytes)
        var status = stat()
        #expect(stat("\(directory.path)/rotations/app.json", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        try store.remove("app")
        try store.remove("app")
        #expect(try store.load("app") == nil)
    }

    @Test func `a lock is for one at a time, and ends with its owner`() throws {
        let directory = try TemporaryDirectory()
        let store = try RotationStore(stateDirectory: directory.path)
        do {
            let lock = try store.lock("app")
            #expect(throws: StateProblem.self) { try store.lock("app") }
            _ = try store.lock("other")
            withExtendedLifetime(lock) {}
        }
        _ = try store.lock("app")
    }

    @Test func `links and directories of others are refused`() throws {
        let directory = try TemporaryDirectory()
        let store = try RotationStore(stateDirectory: directory.path)
        symlink("/etc/passwd", "\(directory.path)/rotations/app.json")
        #expect(throws: StateProblem.self) { try store.load("app") }
        let open = try TemporaryDirectory()
        chmod(open.path, 0o777)
        #expect(throws: StateProblem.self) { try RotationStore(stateDirectory: open.path) }
        #expect(throws: StateProblem.self) {
            try RotationStore(stateDirectory: directory.path + "/a/b")
        }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `what root makes belongs to the owner of the directory`() throws {
        let directory = try TemporaryDirectory()
        chown(directory.path, 4_711, 4_712)
        let store = try RotationStore(stateDirectory: directory.path)
        _ = try store.lock("app")
        try store.save(bytes, "app")
        for name in ["rotations", "rotations/app.json", "rotations/app.lock"] {
            var status = stat()
            #expect(lstat("\(directory.path)/\(name)", &status) == 0)
            #expect(status.st_uid == 4_711 && status.st_gid == 4_712, "\(name)")
        }
    }

    @Test(.enabled(if: geteuid() == 0), arguments: [true, false])
    func `root gives no file of others away`(isLinked: Bool) throws {
        let directory = try TemporaryDirectory()
        chown(directory.path, 4_711, 4_712)
        let store = try RotationStore(stateDirectory: directory.path)
        let file = "\(directory.path)/mine"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        let lock = "\(directory.path)/rotations/app.lock"
        if isLinked {
            try #require(link(file, lock) == 0)
        } else {
            try #require(chown(file, 4_713, 4_713) == 0 && rename(file, lock) == 0)
        }
        #expect(throws: StateProblem.self) { try store.lock("app") }
        var status = stat()
        try #require(stat(lock, &status) == 0)
        #expect(status.st_uid == (isLinked ? 0 : 4_713))
    }
}
