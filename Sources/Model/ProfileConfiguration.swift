/// One profile to check.
///
/// Its fields lie in one object that all copies share: ten thousand profiles stand in the configuration,
/// the tracker and the caches at once, and a copy counts one reference.
package struct ProfileConfiguration: Sendable {
    private struct Fields: Sendable, Hashable {
        var name: String
        var awsProfile: String
        var origin: ProfileOrigin
        var surroundings: Surroundings
        var interval: Duration
        var fastInterval: Duration
        var timeout: Duration
        var region: Sourced<String>?
        var defaultRegion: Sourced<String>?
        var expected: ExpectedIdentity
        var diagnoseWith: String?
        var maxKeyAge: Duration
        var canary: Canary?
        var isServed = false
        var rotation: RotationRule?
        var location: SourceLocation?
    }

    private final class Box: Sendable {
        let fields: Fields

        init(_ fields: Fields) {
            self.fields = fields
        }
    }

    private var box: Box

    package init(
        name: String, awsProfile: String? = nil, origin: ProfileOrigin = .profile,
        surroundings: Surroundings = .own, interval: Duration = .seconds(300),
        fastInterval: Duration = .seconds(20), timeout: Duration = .seconds(10),
        region: Sourced<String>? = nil, defaultRegion: Sourced<String>? = nil,
        expected: ExpectedIdentity = ExpectedIdentity(), diagnoseWith: String? = nil,
        maxKeyAge: Duration = ProfileConfiguration.defaultMaxKeyAge, canary: Canary? = nil,
        location: SourceLocation? = nil
    ) {
        box = Box(
            Fields(
                name: name, awsProfile: awsProfile ?? name, origin: origin,
                surroundings: surroundings, interval: interval, fastInterval: fastInterval,
                timeout: timeout, region: region, defaultRegion: defaultRegion,
                expected: expected, diagnoseWith: diagnoseWith, maxKeyAge: maxKeyAge,
                canary: canary, location: location))
    }

    private mutating func change<Value>(_ field: WritableKeyPath<Fields, Value>, to value: Value) {
        var fields = box.fields
        fields[keyPath: field] = value
        box = Box(fields)
    }
}

extension ProfileConfiguration {
    /// The name that status, journal and groups use.
    package var name: String {
        get { box.fields.name }
        set { change(\.name, to: newValue) }
    }

    /// Whether it is in a group whose credentials are handed out, so that what a check proves is kept.
    package var isServed: Bool {
        get { box.fields.isServed }
        set { change(\.isServed, to: newValue) }
    }

    /// The profile's name in the shared AWS files.
    package var awsProfile: String {
        get { box.fields.awsProfile }
        set { change(\.awsProfile, to: newValue) }
    }

    package var origin: ProfileOrigin {
        get { box.fields.origin }
        set { change(\.origin, to: newValue) }
    }

    package var surroundings: Surroundings {
        get { box.fields.surroundings }
        set { change(\.surroundings, to: newValue) }
    }

    package var interval: Duration {
        get { box.fields.interval }
        set { change(\.interval, to: newValue) }
    }

    package var fastInterval: Duration { box.fields.fastInterval }

    package var timeout: Duration {
        get { box.fields.timeout }
        set { change(\.timeout, to: newValue) }
    }

    /// Set on this profile in credwatch.yaml; beats every other setting of the region.
    package var region: Sourced<String>? { box.fields.region }

    /// From `defaults`; used when neither the environment nor the shared files name a region.
    package var defaultRegion: Sourced<String>? { box.fields.defaultRegion }

    package var expected: ExpectedIdentity {
        get { box.fields.expected }
        set { change(\.expected, to: newValue) }
    }

    /// The profile whose credentials ask IAM about this one's key; nil leaves it to the backup.
    package var diagnoseWith: String? {
        get { box.fields.diagnoseWith }
        set { change(\.diagnoseWith, to: newValue) }
    }

    /// How old an access key may be before that is worth a warning.
    package var maxKeyAge: Duration { box.fields.maxKeyAge }

    package var canary: Canary? {
        get { box.fields.canary }
        set { change(\.canary, to: newValue) }
    }

    /// When the daemon makes a new access key; nil never does.
    package var rotation: RotationRule? {
        get { box.fields.rotation }
        set { change(\.rotation, to: newValue) }
    }

    package var location: SourceLocation? { box.fields.location }

    package static let defaultMaxKeyAge = Duration.seconds(90 * 86_400)
}

extension ProfileConfiguration: Hashable {
    package static func == (left: ProfileConfiguration, right: ProfileConfiguration) -> Bool {
        left.box === right.box || left.box.fields == right.box.fields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(box.fields)
    }
}
