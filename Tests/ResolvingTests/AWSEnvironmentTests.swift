import Glibc
import Model
import Testing

@testable import Resolving

@Suite struct AWSEnvironmentTests {
    @Test(
        arguments: [
            ([:], nil, nil, nil),
            ([:], "/var/lib/app", "/var/lib/app/.aws/credentials", "/var/lib/app/.aws/config"),
            (["HOME": "/home/app"], "/x", "/home/app/.aws/credentials", "/home/app/.aws/config"),
            (["HOME": "/"], nil, "/.aws/credentials", "/.aws/config"),
            (["HOME": ""], "/x", "/x/.aws/credentials", "/x/.aws/config"),
            (
                ["HOME": "/h", "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "/s"], nil,
                "/s",
                "/h/c"
            ),
            (["AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "~"], nil, "~", "~/c"),
            (["HOME": "/h", "AWS_CONFIG_FILE": "~app/c"], nil, "/h/.aws/credentials", "~app/c"),
            (["HOME": "/h", "AWS_CONFIG_FILE": " "], nil, "/h/.aws/credentials", "/h/.aws/config"),
        ] as [([String: String], String?, String?, String?)])
    func paths(
        _ variables: [String: String], _ home: String?, _ credentials: String?, _ config: String?
    ) {
        let paths = SharedFilePaths(AWSEnvironment(variables: variables, passwordHome: home))
        #expect(paths.credentials?.value == credentials)
        #expect(paths.config?.value == config)
    }

    @Test func pathsOfTheConfigurationComeFirst() {
        let place = SourceLocation(file: "credwatch.yaml", line: 3)
        let overrides = AWSOverrides(configFile: Sourced("~/mine", from: .configuration(place)))
        let environment = AWSEnvironment(
            variables: ["HOME": "/h", "AWS_CONFIG_FILE": "/e", "AWS_SHARED_CREDENTIALS_FILE": "/s"])
        let paths = SharedFilePaths(environment, overrides)
        #expect(paths.config == Sourced("/h/mine", from: .configuration(place)))
        #expect(
            paths.credentials
                == Sourced("/s", from: .environment(variable: "AWS_SHARED_CREDENTIALS_FILE")))
    }

    @Test func blankVariablesAreNotSet() {
        let environment = AWSEnvironment(variables: ["A": "", "B": " \t", "C": " c "])
        #expect(environment["A"] == nil)
        #expect(environment["B"] == nil)
        #expect(environment["C"] == Sourced(" c ", from: .environment(variable: "C")))
        #expect(environment["D"] == nil)
    }

    @Test func currentIsThisProcess() throws {
        let environment = AWSEnvironment.current()
        let path = try #require(getenv("PATH"))
        #expect(environment.variables["PATH"] == String(cString: path))
        let entry = PasswordEntry(uid: geteuid())
        #expect(environment.passwordHome == entry?.home)
        #expect(PasswordEntry(uid: 0)?.name == "root")
        #expect(PasswordEntry.describe(0) == "root (uid 0)")
        #expect(PasswordEntry.describe(3_999_999_999) == "uid 3999999999")
    }

    @Test func printsNoValue() {
        let environment = AWSEnvironment(variables: ["AWS_SECRET_ACCESS_KEY": exampleSecret])
        var dumped = ""
        dump(environment, to: &dumped)
        dump(Planner(environment), to: &dumped)
        dump(Resolver(environment: environment), to: &dumped)
        #expect(
            !"\(environment) \(dumped) \(String(reflecting: environment))".contains(exampleSecret))
    }
}
