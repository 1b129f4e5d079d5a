import Diagnosing
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// The identities that may ask AWS about another one: whom `diagnose_with` names, a backup, or the profile
/// itself.
struct SecondIdentities: Sendable {
    let resolver: Resolver
    let obtainer: Obtainer
    let prober: Prober
    let caller: ServiceCaller

    /// Asks with the stages of the checks.
    init(
        _ resolver: Resolver, _ obtainer: Obtainer, _ prober: Prober, _ transport: any Transport
    ) {
        self.resolver = resolver
        self.obtainer = obtainer
        self.prober = prober
        caller = ServiceCaller(transport: transport, clock: SystemClock.wall)
    }

    /// A profile's credentials, and where its questions go.
    struct Voice: Sendable {
        var profile: ProfileConfiguration
        var credentials: Credentials
        var sts: Endpoint
        /// Else why its settings name no place.
        var iam: Result<Endpoint, Silence>
    }

    /// Why an identity cannot be asked, a clause, and whether that may pass by itself.
    struct Silence: Error {
        var what: String
        var mayPass = false

        init(_ what: String, mayPass: Bool = false) {
            self.what = what
            self.mayPass = mayPass
        }

        /// Takes over a diagnosis, without its full stop.
        init(_ diagnosis: Diagnosis) {
            let text = diagnosis.summary
            self.init(
                text.hasSuffix(".") ? String(text.dropLast()) : text,
                mayPass: diagnosis.verdict == .unknown)
        }
    }

    /// The longest that the shared files may take.
    private static let mostOfFiles = Duration.seconds(5)

    /// Finds a profile's credentials and places, within a limit and the profile's own.
    ///
    /// Nothing takes longer but a credential process that ignores its limit.
    func voice(
        of profile: ProfileConfiguration, within limit: Duration
    ) async -> Result<Voice, Silence> {
        let limit = min(profile.timeout, limit)
        let end = SystemClock.moment() + limit
        let resolved: ResolvedProfile
        do throws(ResolveProblem) {
            switch try await resolver.resolve(profile, within: min(limit, Self.mostOfFiles)) {
            case .ready(let ready): resolved = ready
            case .planned(let plan):
                do {
                    let obtained = try await obtainer.obtain(
                        plan.steps, within: end - SystemClock.moment())
                    resolved = ResolvedProfile(plan, with: obtained.credentials)
                } catch {
                    return .failure(Silence(diagnosis(of: error, profile: profile.name)))
                }
            }
        } catch {
            return .failure(Silence(diagnosis(of: error, profile: profile.name)))
        }
        return .success(await voice(of: profile, resolved))
    }

    /// The same with credentials that are at hand.
    func voice(of profile: ProfileConfiguration, _ resolved: ResolvedProfile) async -> Voice {
        let iam: Result<Endpoint, Silence>
        do {
            let limit = min(profile.timeout, Self.mostOfFiles)
            iam = .success(try await resolver.iamEndpoint(of: profile, within: limit).value)
        } catch {
            iam = .failure(Silence(diagnosis(of: error, profile: profile.name)))
        }
        return Voice(
            profile: profile, credentials: resolved.credentials, sts: resolved.endpoint.value,
            iam: iam)
    }

    /// Asks STS whose the credentials are, within a limit and the profile's own.
    func identity(
        of voice: Voice, within limit: Duration
    ) async -> Result<CallerIdentity, Silence> {
        let outcome = await prober.probe(
            voice.credentials, at: voice.sts, timeout: min(voice.profile.timeout, limit))
        switch outcome {
        case .identity(let identity, let details) where details.requestID != nil:
            return .success(identity)
        case .identity:
            return .failure(Silence("something else than AWS answered it", mayPass: true))
        case .refused(let error, _):
            return .failure(
                Silence(
                    "AWS answers it with \(redacted(error.code))",
                    mayPass: refusal(error, to: .assumeRole) == .throttled))
        case .notAWS(let what, _):
            return .failure(Silence("the answer to it is \(redacted(what))", mayPass: true))
        case .failed(let failure):
            return .failure(Silence(redacted(failure.reason), mayPass: true))
        }
    }

    /// Asks one question, once.
    func ask(_ inquiry: Inquiry, _ voice: Voice, within limit: Duration) async -> InquiryAnswer {
        switch await call(
            inquiry.action.name, inquiry.parameters, of: inquiry.action.service, voice,
            within: limit)
        {
        case .success(let outcome): InquiryAnswer(inquiry, outcome)
        case .failure(let silence): InquiryAnswer(inquiry, .leftOut(silence.what))
        }
    }

    /// Calls an action, once; fails when the settings name no place for it.
    func call(
        _ action: String, _ parameters: [(name: String, value: String)],
        of service: AWSQueryService, _ voice: Voice, within limit: Duration
    ) async -> Result<ServiceCallOutcome, Silence> {
        let place: Endpoint
        switch service {
        case .sts: place = voice.sts
        case .iam:
            switch voice.iam {
            case .success(let iam): place = iam
            case .failure(let silence): return .failure(silence)
            }
        }
        return .success(
            await caller.call(
                action, parameters, of: service, at: place, with: voice.credentials,
                timeout: limit))
    }
}
