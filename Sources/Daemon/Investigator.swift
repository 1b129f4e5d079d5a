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
    private let identities: SecondIdentities
    /// The longest that one question may take.
    private let mostOfQuestion: Duration

    static let usualMostOfQuestion = Duration.seconds(5)

    /// Asks with the stages of the checks; `mostOfQuestion` is the longest that one question may take.
    init(
        _ pipeline: CheckPipeline, _ transport: any Transport,
        mostOfQuestion: Duration = usualMostOfQuestion
    ) {
        self.mostOfQuestion = mostOfQuestion
        identities = SecondIdentities(
            pipeline.resolver, pipeline.obtainer, pipeline.prober, transport)
    }

    private typealias Voice = SecondIdentities.Voice
    private typealias Silence = SecondIdentities.Silence

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
                of: profile, about: id, mayBeItself: isAccepted, until: end)
            switch found {
            case .failure(let problem):
                silent.asker = Asker(profile: profile.name)
                silent.problem = problem.what
                silent.problemMayPass = problem.mayPass
            case .success(let (voice, asker)):
                // An asker's own keys are at hand, and the refused id may be one of them, mistyped.
                let own = asker.identity.flatMap { UserCandidate(arn: $0.arn, basis: .backup) }
                let key = KeyCase(
                    accessKeyID: id, asker: asker,
                    account: isAccepted ? request.result.identity?.account : nil,
                    candidates: request.candidates + (isAccepted ? [] : [own].compactMap(\.self)),
                    isAccepted: isAccepted)
                return investigation(of: key, from: await answers(about: key, voice, until: end))
            }
        }
        return silent
    }

    private func voice(
        of profile: ProfileConfiguration, about id: String, mayBeItself: Bool, until end: Moment
    ) async -> Result<(Voice, Asker), Silence> {
        let left = end - SystemClock.moment()
        guard left > .milliseconds(200) else {
            return .failure(Silence("the time is over", mayPass: true))
        }
        let voice: Voice
        switch await identities.voice(of: profile, within: left) {
        case .success(let found): voice = found
        case .failure(let silence): return .failure(silence)
        }
        if !mayBeItself, voice.credentials.accessKeyID.value == id {
            return .failure(Silence("it has the same access key"))
        }
        return await identities.identity(of: voice, within: min(left, mostOfQuestion)).map {
            (
                voice,
                Asker(
                    profile: profile.name, commandProfile: profile.commandProfile, identity: $0)
            )
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
            silent[.iam] = problem.what
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
        var pauses: [Duration] = [.milliseconds(400), .milliseconds(1_200)]
        while true {
            let answer = await identities.ask(
                inquiry, voice,
                within: min(end - SystemClock.moment(), mostOfQuestion))
            if case .refused(let error, _) = answer.reply,
                refusal(error, to: .assumeRole) == .throttled, let pause = pauses.first,
                end - SystemClock.moment() > pause + .seconds(1)
            {
                pauses.removeFirst()
                await wait(pause * Double.random(in: 0.75..<1.25))
                continue
            }
            return answer
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
