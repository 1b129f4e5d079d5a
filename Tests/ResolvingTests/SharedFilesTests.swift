import Model
import Testing

@testable import Resolving

@Suite struct SharedFilesTests {
    @Test func theCredentialsFileWinsPerProperty() throws {
        let files = try sharedFiles(
            credentials: "[app]\naws_access_key_id = A\nregion = eu-west-1\n",
            config: "[profile app]\naws_access_key_id = B\naws_secret_access_key = S\n")
        let app = try #require(files.profile("app"))
        #expect(app.text(.accessKeyID)?.value == "A")
        #expect(
            app.text(.accessKeyID)?.provenance.description == "/home/app/.aws/credentials:2:1")
        #expect(app.secret(.secretAccessKey)?.value == Secret("S"))
        #expect(
            app.secret(.secretAccessKey)?.provenance.description == "/home/app/.aws/config:3:1")
        #expect(app.text(.endpointURL) == nil)
        #expect(
            app.headers == [
                "[app] in /home/app/.aws/credentials:1",
                "[profile app] in /home/app/.aws/config:1",
            ])
        #expect(files.profile("other") == nil)
        #expect(files.profileNames == ["app"])
    }

    @Test func anEmptyPropertyIsNotSetAndHidesTheOtherFile() throws {
        let files = try sharedFiles(
            credentials: "[app]\naws_session_token =\n",
            config: "[profile app]\naws_session_token = T\n")
        let app = try #require(files.profile("app"))
        #expect(app.secret(.sessionToken) == nil)
        #expect(app.location(.sessionToken) == nil)
        #expect(!app.has(.sessionToken))
    }

    @Test func theHeaderIsThatOfTheSectionWithTheProperty() throws {
        let files = try sharedFiles(
            credentials: "[app]\nregion = x\n\n[other]\n[app]\n\(exampleKeys)")
        let header = try #require(files.profile("app")?.header(of: .accessKeyID))
        #expect(header.line == 5)
        #expect(header.text == "[app]")
    }

    @Test func servicesComeFromTheConfigFileOnly() throws {
        let text = "[services dev]\nsts =\n  endpoint_url = http://localhost:1\n"
        #expect(try sharedFiles(credentials: text).services("dev") == nil)
        let dev = try #require(try sharedFiles(config: text).services("dev"))
        let url = try #require(dev.nested(.endpointURL, below: .sts))
        #expect(url.value == "http://localhost:1")
        #expect(url.provenance.description == "/home/app/.aws/config:3:3")
    }

    @Test func whatWasSearchedSaysWhatIsSpecial() throws {
        let files = try sharedFiles(config: "[default]\n[app]\n[profile 'web']\n")
        #expect(
            files.searched(for: "app") == [
                "/home/app/.aws/credentials (no such file)",
                "/home/app/.aws/config (line 2 has to be [profile app])",
            ])
        #expect(
            files.searched(for: "web")[1]
                == "/home/app/.aws/config (line 3 has to be [profile web])")
        #expect(files.searched(for: "other")[1] == "/home/app/.aws/config")
        let homeless = SharedFiles(
            generation: 1, paths: SharedFilePaths(credentials: nil, config: nil),
            credentials: .missing(note: ""), config: .missing(note: ""))
        #expect(
            homeless.searched(for: "app") == [
                "the shared credentials file (no home directory is known)",
                "the config file (no home directory is known)",
            ])
    }
}
