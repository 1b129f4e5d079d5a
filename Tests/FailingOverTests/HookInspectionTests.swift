import Glibc
import Model
import Testing

@testable import FailingOver

@Suite struct HookInspectionTests {
    private func inspect(_ path: String) -> [String] {
        inspectHook(HookConfiguration(command: [path, "--now"]))
    }

    @Test func aGoodHookHasNoFindings() throws {
        let directory = try TemporaryDirectory()
        #expect(inspect(try directory.script("#!/bin/sh\nexit 0\n")) == [])
        #expect(inspect("/bin/true") == [])
        #expect(inspect("/usr/bin/../bin/./true") == [])
        #expect(inspect(try directory.script("#! /usr/bin/env sh\n", "env")) == [])
        #expect(inspect(try directory.script("#!/usr/bin/env -S sh -e\n", "split")) == [])
    }

    @Test(arguments: [
        ("/nonexistent/switch", "/nonexistent does not exist (on the way to /nonexistent/switch)."),
        ("/tmp", "/tmp is not a regular file."),
        ("/dev/null", "/dev/null is not a regular file."),
        ("/etc/passwd/switch", "/etc/passwd/switch cannot be reached: Not a directory."),
        ("switch", "The hook's command names no program by its absolute path."),
    ])
    func whatIsNoProgramIsNamed(path: String, finding: String) {
        #expect(inspect(path) == [finding])
    }

    @Test func anEmptyCommandIsNamed() {
        #expect(inspectHook(HookConfiguration(command: [])).count == 1)
    }

    @Test func aMissingFileIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/switch"
        #expect(inspect(path) == ["\(path) does not exist."])
    }

    @Test func aFileWithoutTheRightToExecuteIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("hook", Array("#!/bin/sh\n".utf8), mode: 0o644)
        #expect(
            inspect(path) == [
                "\(path) cannot be executed by the user \(geteuid()): chmod +x is missing."
            ])
    }

    @Test(arguments: [
        ("#!/nonexistent/sh\n", "interpreter /nonexistent/sh is missing"),
        ("#!sh\n", "interpreter sh is missing"), ("#!/tmp\n", "interpreter /tmp is missing"),
        ("#!/bin/sh\r\nexit 0\r\n", "Windows line endings"), ("#!\n", "names no interpreter"),
        ("#!/usr/bin/env no-such-program\n", "env does not find no-such-program"),
        ("#!/usr/bin/env /nonexistent\n", "env does not find /nonexistent"),
        ("exit 0\n", "neither a program nor a script"), ("", "is empty"),
        ("\u{FEFF}#!/bin/sh\n", "neither a program nor a script"),
    ])
    func aScriptThatCannotRunIsNamed(text: String, finding: String) throws {
        let directory = try TemporaryDirectory()
        let findings = inspect(try directory.script(text))
        #expect(findings.count == 1)
        #expect(findings.first?.contains(finding) == true, "\(findings)")
    }

    @Test(arguments: [(mode_t(0o757), "anyone"), (0o775, "the group 12345")])
    func aFileThatOthersMayWriteIsNamed(mode: mode_t, writers: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.script("#!/bin/sh\n")
        if geteuid() == 0 { try #require(chown(path, 0, 12_345) == 0) }
        chmod(path, mode)
        let findings = inspect(path)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("\(path) can be changed by ") == true)
        if geteuid() == 0 { #expect(findings.first?.contains(writers) == true) }
    }

    @Test func aDirectoryThatOthersMayWriteIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.script("#!/bin/sh\n")
        chmod(directory.path, 0o777)
        #expect(
            inspect(path) == ["The hook can be replaced by anyone through \(directory.path)."])
        chmod(directory.path, 0o1777)
        #expect(inspect(path) == [])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file to another owner"))
    func aFileOfAnotherUserIsNamed() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.script("#!/bin/sh\n")
        chown(path, 12_345, 0)
        #expect(
            inspect(path) == [
                "\(path) can be changed by user 12345, the owner, and would run as this service."
            ])
    }

    @Test func symbolicLinksAreFollowedWithTheirDirectories() throws {
        let (open, closed) = (try TemporaryDirectory(), try TemporaryDirectory())
        let target = try open.script("#!/bin/sh\n")
        let link = closed.path + "/hook"
        try #require(symlink(target, link) == 0)
        #expect(inspect(link) == [])
        chmod(open.path, 0o777)
        #expect(inspect(link) == ["The hook can be replaced by anyone through \(open.path)."])
        chmod(open.path, 0o700)
        try #require(unlink(link) == 0)
        try #require(symlink("hook", link) == 0)
        #expect(inspect(link) == ["\(link) leads through symbolic links that have no end."])
    }

    @Test func aFIFODoesNotHang() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/hook"
        try #require(mkfifo(path, 0o755) == 0)
        #expect(inspect(path) == ["\(path) is not a regular file."])
    }
}
