import Diagnosing
import Dispatch
import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Scheduling

/// Who asks a second identity about a key: question by question, within a time.
struct Investigator: Sendable {
    let resolver: Resolver
    let obtainer: Obtainer
    let prober: Prober
    let caller: ServiceCaller

    /// Asks with the stages of the checks.
    init(_ pipeline: CheckPipeline, _ transport: any Transport) {
        resolver = pipeline.resolver
        obtainer = pipeline.obtainer
        prober = pipeline.prober
        caller = ServiceCaller(transport: transport, clock: SystemClock.wall)
    }

    /// The longest that one question may take.
    private static let mostOfQuestion = Duration.seconds(5)

    /// An identity that AWS has accepted, and where its questions go.
    private struct Voice {
        var asker: Asker
        var credentials: Credentials
        var sts: Endpoint
        /// Nil with the reason when its settings name no place.
        var iam: Result<Endpoint, ResolveProblem>
    }

    /// Asks about the key of a check.
    ///
    /// The first asker that AWS accepts speaks. What there is no time for is left out, and the result
    /// says so; nothing takes longer than `limit` but a credential process that ignores its own.
    func investigate(
        _ request: InvestigationRequest, within limit: Duration
    ) async -> Investigation {
        let end = SystemClock.moment() + limit
        let id = request.result.accessKeyID ?? ""
        var isAccepted = false
        if case .look = request.purpose { isAccepted = true }
        var silent = Investigation(accessKeyID: id, asker: Asker(profile: "nobody"))
        silent.problem = "there is no second identity"
        for profile in request.askers {
            let found = await voice(
                of: profile, about: id, mayBeItself: isAccepted, within: end - SystemClock.moment())
            switch found {
            case .failure(let problem):
                silent.asker = Asker(profile: profile.name)
                silent.problem = problem.what
                silent.problemMayPass = problem.mayPass
            case .success(let voice):
                // An asker's own keys are at hand, and the refused id may be one of them, mistyped.
                let own = voice.asker.identity.flatMap {
                    UserCandidate(arn: $0.arn, basis: .backup)
                }
                let key = KeyCase(
                    accessKeyID: id, asker: voice.asker,
                    account: isAccepted ? request.result.identity?.account : nil,
                    candidates: request.candidates + (isAccepted ? [] : [own].compactMap(\.self)),
                    isAccepted: isAccepted)
                return investigation(of: key, from: await answers(about: key, voice, until: end))
            }
        }
        return silent
    }

    /// Why an identity cannot be asked, a clause, and whether that may pass by itself.
    private struct Silence: Error {
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

    private func voice(
        of profile: ProfileConfiguration, about id: String, mayBeItself: Bool,
        within limit: Duration
    ) async -> Result<Voice, Silence> {
        guard limit > .milliseconds(200) else {
            return .failure(Silence("the time is over", mayPass: true))
        }
        let time = min(profile.timeout, limit)
        let resolved: ResolvedProfile
        do throws(ResolveProblem) {
            // A time of its own, always the same, so that what was resolved is found again.
            var limited = profile
            limited.timeout = min(profile.timeout, Self.mostOfQuestion)
            switch try await resolver.resolve(limited) {
            case .ready(let ready): resolved = ready
            case .planned(let plan):
                do {
                    let obtained = try await obtainer.obtain(plan.steps, within: time)
                    resolved = ResolvedProfile(plan, with: obtained.credentials)
                } catch {
                    return .failure(Silence(diagnosis(of: error, profile: profile.name)))
                }
            }
        } catch {
            return .failure(Silence(diagnosis(of: error, profile: profile.name)))
        }
        if !mayBeItself, resolved.credentials.accessKeyID.value == id {
            return .failure(Silence("it has the same access key"))
        }
        let outcome = await prober.probe(
            resolved.credentials, at: resolved.endpoint.value,
            timeout: min(time, Self.mostOfQuestion))
        switch outcome {
        case .identity(let identity, let details) where details.requestID != nil:
            let iam: Result<Endpoint, ResolveProblem>
            do {
                iam = .success(try await resolver.iamEndpoint(of: profile).value)
            } catch {
                iam = .failure(error)
            }
            let asker = Asker(
                profile: profile.name, commandProfile: profile.commandProfile, identity: identity)
            return .success(
                Voice(
                    asker: asker, credentials: resolved.credentials,
                    sts: resolved.endpoint.value, iam: iam))
        case .identity:
            return .failure(Silence("something else than AWS answered it", mayPass: true))
        case .refused(let error, _):

            return .failure(
                Silence(
                    "AWS answers it with \(redacted(error.code))",
                    mayPass: refusal(error, to: .assumeRole) == .throttled))
        case .notAWS(let what, _):

            return .failure(Silence("the answer to it is \(redacted(what))", mayPass: true))
        case .failed(let failure): return .failure(Silence(redacted(failure.reason), mayPass: true))
        }
    }

    /// Asks until nothing is left to ask, or no time.
    private func answers(
        about key: KeyCase, _ voice: Voice, until end: Moment
    ) async -> [InquiryAnswer] {
        var answers: [InquiryAnswer] = []
        // Why a service is not asked any more.
        var silent: [AWSQueryService: String] = [:]
        if case .failure(let problem) = voice.iam {
            silent[.iam] = Silence(diagnosis(of: problem, profile: voice.asker.profile)).what
        }
        while case .ask(let inquiry) = nextInquiry(about: key, after: answers) {
            let service = inquiry.action.service
            let left = end - SystemClock.moment()
            let answer: InquiryAnswer
            if let reason = silent[service] {
                answer = InquiryAnswer(inquiry, .leftOut(reason))
            } else if left < .milliseconds(200) {
                answer = InquiryAnswer(inquiry, .leftOut("there was no time left"))
            } else {
                answer = await ask(inquiry, voice, until: end)
            }
            switch answer.reply {
            case .failed: silent[service] = "\(service.rawValue) does not answer"
            case .refused(let error, _) where refusal(error, to: .assumeRole) == .throttled:
                silent[service] = "\(service.rawValue) asks to send fewer requests"
            default: break
            }
            answers.append(answer)
        }
        return answers
    }

    /// Asks one question; once more, a moment later, when AWS asks to wait.
    private func ask(_ inquiry: Inquiry, _ voice: Voice, until end: Moment) async -> InquiryAnswer {
        let service = inquiry.action.service
        var place = voice.sts
        if service == .iam, case .success(let iam) = voice.iam { place = iam }
        var pauses: [Duration] = [.milliseconds(400), .milliseconds(1_200)]
        while true {
            let outcome = await caller.call(
                inquiry.action.name, inquiry.parameters, of: service,
                at: place, with: voice.credentials,
                timeout: min(end - SystemClock.moment(), Self.mostOfQuestion))
            if case .refused(let error, _) = outcome,
                refusal(error, to: .assumeRole) == .throttled, let pause = pauses.first,
                end - SystemClock.moment() > pause + .seconds(1)
            {
                pauses.removeFirst()
                await wait(pause * Double.random(in: 0.75..<1.25))
                continue
            }
            return InquiryAnswer(inquiry, outcome)
        }
    }
}

extension ProfileConfiguration {
    /// What `--profile` of the AWS command line takes for it; nil when its keys are elsewhere.
    var commandProfile: String? {
        surroundings == .own && origin == .profile ? awsProfile : nil
    }
}

/// Waits on Dispatch's timer, holding no thread up.
private func wait(_ duration: Duration) async {
    await withUnsafeContinuation { continuation in
        pauses.asyncAfter(deadline: .now() + .nanoseconds(Int(duration.nanoseconds))) {
            continuation.resume()
        }
    }
}

private let pauses = DispatchQueue(label: "credwatch.investigations")
