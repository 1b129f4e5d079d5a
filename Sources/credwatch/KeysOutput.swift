import Daemon
import Model
import Rotating

/// Returns the keys of a user as a table, a line for each and one for each place.
func renderKeys(_ report: KeyReport, now: WallTime) -> String {
    var text = "user \(report.user), account \(report.account)\n"
    if report.keys.isEmpty { text += "no access keys\n" }
    for facts in report.keys {
        let key = facts.key
        let age = key.createdAt.map { "\(max(0, (now - $0).components.seconds / 86_400))d old" }
        text += "\(key.id)  \(key.isActive ? "active" : "inactive")  \(age ?? "age unknown")  "
        text += facts.lastUse.map { "used \(useText($0))" } ?? "no use known"
        text += facts.isOwn ? "  (the profile's own)\n" : "\n"
        for place in facts.places { text += "    \(place)\n" }
    }
    return text
}

/// Returns the keys of a user as JSON.
func renderKeysJSON(_ report: KeyReport) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object { json in
        json.member("profile", report.profile)
        json.member("user", report.user)
        json.member("account", report.account)
        json.array("keys") { list in
            for facts in report.keys {
                list.object { object in
                    object.member("access_key_id", facts.key.id)
                    object.member("status", facts.key.isActive ? "active" : "inactive")
                    object.member("created_at", facts.key.createdAt)
                    object.member("own", facts.isOwn)
                    object.member("last_used_at", facts.lastUse?.at)
                    object.member("last_used_service", facts.lastUse?.service)
                    object.member("last_used_region", facts.lastUse?.region)
                    object.array("places") { places in
                        for place in facts.places { places.element(place) }
                    }
                }
            }
        }
    }
    json.finish()
    return json.bytes
}
