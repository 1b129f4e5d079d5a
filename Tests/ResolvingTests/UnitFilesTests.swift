import Model
import Support
import Testing

@testable import Resolving

@Suite struct UnitFilesTests {
    private func files(_ text: String, instance: String? = nil) -> [String] {
        var files: [String] = []
        UnitFiles.collect(
            Array(text.utf8), instance: instance, unit: "app.service", into: &files)
        return files
    }

    @Test(arguments: [
        ("[Service]\nEnvironmentFile=/etc/default/app\n", ["/etc/default/app"]),
        ("EnvironmentFile=-/etc/default/app", ["/etc/default/app"]),
        ("  EnvironmentFile = \"/etc/my app\"\r\n", ["/etc/my app"]),
        ("EnvironmentFile=/a\nEnvironmentFile=/b", ["/a", "/b"]),
        ("EnvironmentFile=/a\nEnvironmentFile=\nEnvironmentFile=/b", ["/b"]),
        ("EnvironmentFile=/etc/%i-%n-%%x", ["/etc/-app.service-%x"]),
        ("#EnvironmentFile=/a\nEnvironmentFiles=/b\nEnvironment=/c", []),
        ("EnvironmentFile", []), ("EnvironmentFile=/%", ["/%"]), ("", []),
    ])
    func `the lines that name a file are read`(text: String, expected: [String]) {
        #expect(files(text) == expected)
    }

    @Test func `a template's instance is put in, and drop-ins count`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("app@.service", "[Service]\nEnvironmentFile=/etc/default/%i\n")
        try folder.makeDirectory("app@x.service.d")
        try folder.write("app@x.service.d/10-more.conf", "[Service]\nEnvironmentFile=/etc/more\n")
        let units = UnitFiles([folder.path])
        #expect(units.environmentFiles(of: "app@x.service") == ["/etc/default/x", "/etc/more"])
        #expect(units.environmentFiles(of: "app@y.service") == ["/etc/default/y"])
        #expect(units.environmentFiles(of: "other.service") == [])
    }

    @Test(arguments: ["../app.service", "a/b.service", ".service", "a\u{0}b"])
    func `no path is made of a name that is none`(name: String) {
        #expect(UnitFiles(["/etc/systemd/system"]).environmentFiles(of: name) == [])
    }
}
