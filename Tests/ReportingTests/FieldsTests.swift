import FoundationEssentials
import Model
import Testing

@testable import Reporting

/// The fields of the journal in credwatch(1) beside those that the sources write.
@Suite struct FieldsTests {
    private static let page = CatalogTests.root + "/packaging/man/credwatch.1"

    /// The names of a section's items.
    private static func documented() throws -> Set<String> {
        let text = String(decoding: try content(of: page), as: UTF8.self)
        let section = text.split(separator: "\n").drop { $0 != ".Sh JOURNAL" }.dropFirst()
            .prefix { !$0.hasPrefix(".Sh") }
        let items = section.filter { $0.hasPrefix(".It Ev ") }
        return Set(
            items.flatMap { $0.dropFirst(7).split { $0 == " " || $0 == "," }.map(String.init) })
    }

    /// The names that stand where the sources make fields.
    private static func written() throws -> Set<String> {
        var names: Set<String> = ["CREDWATCH_EVENT"]
        for folder in ["Reporting", "Daemon"] {
            let path = CatalogTests.root + "/Sources/" + folder
            for file in try FileManager.default.contentsOfDirectory(atPath: path) {
                let text = String(decoding: try content(of: path + "/" + file), as: UTF8.self)
                let field =
                    /(?:add|Field|\.init|evidenceField =)\(?\s*"((?:CREDWATCH|AWS|ERRNO)[A-Z_]*)"/
                names.formUnion(text.matches(of: field).map { String($0.output.1) })
            }
        }
        // The daily summary counts each state.
        names.formUnion(ProfileState.allCases.map { "CREDWATCH_\($0.rawValue.uppercased())" })
        return names
    }

    @Test func `credwatch.1 describes every field that is written, and no other`() throws {
        let (documented, written) = (try Self.documented(), try Self.written())
        #expect(written.subtracting(documented).sorted() == [], "not documented")
        #expect(documented.subtracting(written).sorted() == [], "not written")
        #expect(written.count > 30)
    }

    @Test func `a sample's fields are among those`() throws {
        let written = try Self.written()
        let entries =
            CatalogTests.entries
            + [try ProfileEntriesTests.entry(Samples.failing, to: .failing, from: .healthy)]
        for field in entries.flatMap(\.fields) {
            #expect(written.contains(field.name), "\(field.name)")
        }
    }
}
