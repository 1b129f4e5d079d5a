import CLinux
import Glibc
import Model
import Processes

/// The source of programs that print credentials; as in most SDKs, `sh -c` runs them.
struct ProcessSource: Sendable {
    static let longestRun = Duration.seconds(60)
    static let longestOutput = 65_536
    /// From the end of the time to SIGKILL.
    private static let grace = Duration.seconds(1)

    let processes: ProcessRunner

    /// Runs a program and reads what it prints.
    func credentials(
        for step: CredentialProcess, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let place = step.command.provenance
        func problem(_ reason: ObtainProblem.Reason) -> ObtainProblem {
            ObtainProblem(.credentialProcess, reason, at: place)
        }
        let me = geteuid()
        let found = await offThread(
            key: "the user database", within: min(limit, Self.longestRun)
        ) {
            whoRuns(step, for: me)
        }
        let account: UserAccount?
        switch found {
        case .success(let found): account = found
        case .failure(let refusal): throw problem(refusal.reason)
        case nil: throw problem(.processFailed("the user database does not answer"))
        }
        var command = Command(
            arguments: ["/bin/sh", "-c", step.command.value.reveal()],
            environment: environment(of: step, for: account),
            timeLimit: min(limit, Self.longestRun), grace: Self.grace,
            outputLimit: Self.longestOutput)
        command.endsAtOutputLimit = true
        command.account = account
        let transcript = ProcessTranscript(
            of: step, ending: await processes.run(command), limit: command.timeLimit)
        if let failure = transcript.failure {
            var problem = problem(.processFailed(failure))
            problem.evidence = transcript.said
            throw problem
        }
        do throws(ProcessOutputProblem) {
            return ObtainedCredentials(
                credentials: try Credentials(
                    printed: transcript.output, at: place, accountID: step.accountID))
        } catch {
            var problem = problem(.badAnswer("\(transcript.program) \(error.clause)"))
            problem.evidence = transcript.said
            throw problem
        }
    }

    /// What the program gets to see.
    ///
    /// Our own environment may hold what another user must not see, so only harmless parts of it go to a
    /// program of that user.
    private func environment(
        of step: CredentialProcess, for account: UserAccount?
    ) -> [String: String] {
        var variables = step.environment.variables
        guard let account else { return variables }
        if step.environment.user == nil, account.user != geteuid() {
            variables = variables.filter { name, _ in
                ["PATH", "LANG", "TZ", "AWS_REGION", "AWS_DEFAULT_REGION"].contains(name)
                    || name.hasPrefix("LC_")
            }
        }
        for (name, value) in [
            ("HOME", account.home), ("USER", account.name), ("LOGNAME", account.name),
        ] where variables[name] == nil && !value.isEmpty {
            variables[name] = value
        }
        return variables
    }
}

/// Why a program is not run.
struct ProcessRefusal: Error, Hashable {
    var reason: ObtainProblem.Reason
}

/// Decides whom a program runs as when we are the user `me`; nil for just as we are. Blocks.
///
/// That is the user whose environment it is; without one the owner of the file that names it, or
/// ourselves where we cannot change users. The file has to be of root or of that user, so its owner
/// never gets rights of somebody else.
func whoRuns(
    _ step: CredentialProcess, for me: UInt32
) -> Result<UserAccount?, ProcessRefusal> {
    func untrusted(_ clause: String) -> Result<UserAccount?, ProcessRefusal> {
        .failure(ProcessRefusal(reason: .untrusted(clause)))
    }
    let file = step.file
    guard file.mode & 0o002 == 0 else {
        return untrusted("everybody may write the file that names the program")
    }
    guard file.mode & 0o020 == 0 else {
        return untrusted("the group \(file.group) may write the file that names the program")
    }
    let user = step.environment.user ?? (me == 0 ? file.user : me)
    guard file.user == 0 || file.user == user else {
        return untrusted(
            "the file that names the program belongs to \(UserAccount.describe(file.user)), but it "
                + "would run as \(UserAccount.describe(user))")
    }
    guard user != me else {
        guard me != 0, credwatch_has_ambient_capabilities() != 0 else { return .success(nil) }
        return .success(UserAccount(user: me, group: getegid(), groups: [], name: "", home: ""))
    }
    guard me == 0 else {
        return untrusted(
            "the program has to run as \(UserAccount.describe(user)), and credwatch, which runs as "
                + "\(UserAccount.describe(me)), may not do that")
    }
    guard let account = UserAccount(lookingUp: user) else {
        return .failure(
            ProcessRefusal(
                reason: .processFailed(
                    "it has to run as uid \(user), whom the user database does not know")))
    }
    return .success(account)
}
