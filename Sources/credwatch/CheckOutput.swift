import Model
import Reporting

/// Renders what `credwatch check --json` prints: schema `credwatch-check/1`, clock, warnings and profiles
/// as in the status file.
func renderCheck(_ document: StatusDocument) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object { json in
        json.member("schema", "credwatch-check/1")
        json.member("generated_at", document.generatedAt)
        json.member("overall", document.overall.rawValue)
        write(document.clock, to: &json)
        write(document.advisories, to: &json)
        json.array("profiles") { json in
            for profile in document.profiles { write(profile, to: &json) }
        }
    }
    json.finish()
    return json.bytes
}
