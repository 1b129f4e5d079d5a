import Model

/// Who asks IAM about a profile's key, and how old the key may be.
extension Decoder {
    private static let keyAges: ClosedRange<Duration> =
        .seconds(86_400)...(.seconds(3_650 * 86_400))

    /// Decodes `diagnose_with` and `max_key_age`, over what holds otherwise.
    mutating func investigation(_ section: Section, _ defaults: inout ProfileDefaults) {
        let asker = name(section["diagnose_with"], "`diagnose_with`")
        let age = duration(section["max_key_age"], "`max_key_age`", in: Self.keyAges)
        defaults.diagnoseWith = asker ?? defaults.diagnoseWith
        defaults.maxKeyAge = age ?? defaults.maxKeyAge
    }

    /// Reports a profile that is to ask IAM about itself.
    mutating func refuseItself(_ node: YAMLNode?, _ name: String) {
        guard let node, case .scalar(name, _) = node.content else { return }
        report(
            node.mark, "diagnose-with-itself",
            "`diagnose_with` names the profile itself; a key that is refused cannot ask why")
    }
}
