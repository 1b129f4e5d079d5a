import Model

/// The part of a status that a plugin's answer is about.
struct PluginPart: Sendable {
    /// The status with those profiles and groups alone; members of a selected group included.
    let document: StatusDocument
    /// The profiles that were selected by name, in the status's order.
    let selected: [ProfileStatus]
    /// The place of each profile by its name.
    private let places: [String: Int]

    var profiles: [ProfileStatus] { document.profiles }

    /// Takes the part out of a status; throws the sentence that names what it does not have.
    init(of document: StatusDocument, _ question: PluginQuestion) throws(PluginTrouble) {
        try Self.find("profile", question.profiles, among: document.profiles.map(\.name))
        try Self.find("group", question.groups, among: document.groups.map(\.name))
        var part = document
        let names = Set(question.profiles)
        selected = document.profiles.filter { names.contains($0.name) }
        if question.isSelective {
            let groups = Set(question.groups)
            part.groups = document.groups.filter { groups.contains($0.name) }
            let members = Set(part.groups.flatMap { [$0.primary, $0.active] + $0.backups })
            part.profiles = document.profiles.filter {
                names.contains($0.name) || members.contains($0.name)
            }
            part.advisories = []
        }
        places = Dictionary(
            part.profiles.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first })
        self.document = part
    }

    func profile(_ name: String) -> ProfileStatus? { places[name].map { document.profiles[$0] } }

    /// The primary of a group and its backups.
    func members(of group: GroupStatus) -> [ProfileStatus] {
        ([group.primary] + group.backups).compactMap { profile($0) }
    }

    private static func find(_ kind: String, _ wanted: [String], among names: [String])
        throws(PluginTrouble)
    {
        let known = Set(names)
        guard let missing = wanted.first(where: { !known.contains($0) }) else { return }
        var sentence = "the status has no \(kind) \"\(missing)\""
        if names.isEmpty {
            sentence += ", and no other \(kind) either"
        } else {
            sentence += "; it has " + names.prefix(5).joined(separator: ", ")
            if names.count > 5 { sentence += " and \(names.count - 5) more" }
        }
        throw PluginTrouble(sentence)
    }
}

/// Why a plugin cannot tell anything: a sentence without a full stop.
package struct PluginTrouble: Error, Sendable, Hashable {
    package let sentence: String

    package init(_ sentence: String) {
        self.sentence = sentence
    }
}
