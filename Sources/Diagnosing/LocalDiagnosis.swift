import Linting
package import Model

/// Diagnoses a fault in the credentials' own text, found before anything was sent.
func diagnosis(of fault: ValueFault, in subject: Subject) -> Diagnosis {
    switch fault {
    case .character(let field, let character, let place):
        let (name, position) = (character.name, character.position)
        let evidence: [Evidence] = [
            .character(field: field, name: name, position: position), .location(place),
        ]
        if let mistaken = character.mistaken {
            return conclude(
                .malformedValue, "The \(field) in \(place) \(mistaken.what).", mistaken.remedy,
                commandsToFill(place), evidence)
        }
        return conclude(
            .malformedValue,
            "The \(field) has a character that no \(field) has: \(name) at position \(position).",
            remedy(for: character, in: place),
            commandsToSeeForeignCharacters(place) + commandsToEdit(place), evidence)
    case .placeholder(let field, let place):
        return conclude(
            .placeholderCredentials,
            "The \(field) is a placeholder that was never filled in.",
            "Put the real \(field) into \(place).", commandsToFill(place), [.location(place)])
    case .empty(let field, let place):
        return conclude(
            .malformedValue, "The \(field) is empty.",
            "Put the real \(field) into \(place).", commandsToFill(place), [.location(place)])
    case .tokenMissing:
        let place = subject.resolved.credentials.accessKeyID.provenance
        return conclude(
            .sessionTokenMissing,
            "Access key \(subject.shownKeyID) is temporary (ASIA…) and its session token is missing.",
            "Add \(place.isVariable ? "AWS_SESSION_TOKEN" : "aws_session_token") beside the key in \(place), from the same set of credentials.",
            commandsToFill(place) + ["credwatch lint"], [.location(place)])
    }
}

/// Says how a character gets out of a value, and how it usually comes in.
private func remedy(for character: CharacterFault, in place: Provenance) -> String {
    switch character.scalar {
    case "\n" where character.isLast:
        "Take the line end away from the end of the value in \(place); `echo` adds one, also before base64, and `printf %s` does not."
    case "\n":
        "Put the whole value on one line in \(place); a terminal or a form has broken it."
    case "\r":
        "Take the carriage return away from the value in \(place): the file that it came from has the line ends of Windows, which dos2unix converts."
    case " ", "\t": "Remove the blank from the value in \(place)."
    case "\"", "'":
        "Remove the quotes from the value in \(place); unlike a shell, docker's --env-file and the AWS files keep them."
    default:
        "Delete that character from the value in \(place); copying from a web page or a chat often adds one."
    }
}

/// Diagnoses a profile that yields no credentials.
package func diagnosis(of problem: ResolveProblem, profile: String) -> Diagnosis {
    switch problem {
    case .profileMissing(let name, let searched, let candidates):
        let hint =
            candidates.isEmpty
            ? "" : " There are: \(candidates.joined(separator: ", "))."
        let lists = searched.compactMap(commandToListSections)
        return conclude(
            .profileMissing,
            "There is no profile \(name) in \(searched.joined(separator: " and ")).\(hint)",
            searched.lazy.compactMap(noteOnHeader).first.map {
                "Correct the section's header: \($0)."
            }
                ?? "Add the section to the file, or correct the name; under systemd, HOME may not be the one that you have in mind, and `aws: {credentials_file: …}` in credwatch.yaml names a file.",
            lists.isEmpty ? [commandToConfigure(name, in: searched)] : lists,
            searched.map { .note("looked at \($0)") })
    case .noSource(let searched):
        return conclude(
            .noCredentials,
            "No credentials are configured: looked at \(searched.joined(separator: ", ")).",
            "Set AWS_PROFILE or the key variables, or write a profile.",
            ["credwatch explain", "credwatch lint", "aws configure"])
    case .fileUnreadable(let path, let reason, let hint):
        return conclude(
            .fileUnreadable, "\(path) cannot be read: \(reason).",
            hint.sentence.isEmpty
                ? "Let the user that credwatch runs as read \(path)." : hint.sentence,
            commandsToAdmit(path, after: reason, hint.closedStep), [.note("\(path): \(reason)")])
    case .fileMalformed(let location, let what):
        let place = Provenance.file(location)
        return conclude(
            .fileMalformed, "\(location): \(what).",
            "Correct this line; until then no profile of the file can be trusted.",
            commandsToSeeForeignCharacters(place) + commandsToEdit(place), [.location(place)])
    case .incomplete(let missing, let present):
        return conclude(
            .credentialsIncomplete,
            "Half of the key is there (\(present)), but \(missing) is missing.",
            "Add \(missing.prefix { $0 != " " }) beside it, or remove the other half.",
            commandsToFill(present) + ["credwatch lint"],
            [.location(present)])
    case .unsupportedSource(let property, let location):
        return conclude(
            .unsupportedSource,
            "Profile \(profile) takes its credentials from \(property), which this version does not resolve.",
            "Give credwatch a profile with static keys, or watch for a version that resolves \(property).",
            commandsToSee(.file(location)), [.location(.file(location))])
    case .badSetting(let name, let what, let place):
        return conclude(
            .badSetting, "\(name): \(what) (\(place)).", "Correct it there.",
            commandsToFill(place), [.location(place)])
    case .badChain(let what, let place):
        return conclude(
            .badSetting, "The profiles do not lead to a credential: \(what) (\(place)).",
            "Correct it there.", [commandToExplain(profile)] + commandsToEdit(place),
            [.location(place)])
    case .needsMFA(let serial):
        return conclude(
            .needsMFA,
            "The role of profile \(profile) wants a code from an MFA device (\(serial)), which a service does not have.",
            "Give the application a role or a user whose policy asks for no MFA, and watch that one.",
            commandsToSee(serial), [.location(serial)])
    case .surroundings(let subject, let what, let hint):
        return conclude(
            .fileUnreadable, "The environment of \(subject) cannot be looked at: \(what).", hint,
            commandsToSee(surroundings: subject), [.note("\(subject): \(what)")])
    case .timedOut(let path):
        let word = pathWord(path)
        return conclude(
            .fileUnreadable, "Reading \(path) took longer than the check's time limit.",
            "Check the file system that it lies on; a network mount may hang.",
            ["timeout 5 stat \(word)", "timeout 5 findmnt --target \(word)"],
            [.note("\(path): timed out")])
    }
}

/// Diagnoses a check that did not end in its time, whatever held it up.
package func diagnosisOfTimedOutCheck(after limit: Duration) -> Diagnosis {
    conclude(
        .checkTimedOut, "The check did not come to an end within \(limit.text).",
        "If it happens again, please report it with the journal of credwatch.",
        ["journalctl --unit credwatch --since -1h"])
}

/// The note on a header of the wrong form behind a place: `line 3 has to be [profile app]`.
private func noteOnHeader(_ place: String) -> String? {
    guard place.hasSuffix(")"),
        let start = place.utf8.firstIndex(ofBytes: Array(" (line ".utf8))
    else { return nil }
    return String(place[start...].dropFirst(2).dropLast())
}

extension Provenance {
    fileprivate var isVariable: Bool { if case .environment = self { true } else { false } }
}

/// The command that shows a file's sections; nil where there is no file. A place may have a note behind it,
/// as in `/home/ada/.aws/config (no such file)`.
private func commandToListSections(_ place: String) -> String? {
    let note = place.utf8.firstIndex(ofBytes: Array(" (".utf8))
    guard place.hasPrefix("/") || place.hasPrefix("~"),
        note.map({ place[$0...].hasPrefix(" (line ") }) ?? true
    else { return nil }
    return "grep -nF '[' \(pathWord(note.map { String(place[..<$0]) } ?? place))"
}

/// Commands for a place where a value is missing or wrong, and no secret stands in the way.
private func commandsToFill(_ place: Provenance) -> [String] {
    let commands = commandsToEdit(place)
    return commands.isEmpty ? commandsToSee(place) : commands
}

/// The command that writes a profile into the files that were looked at, whoever runs it.
private func commandToConfigure(_ name: String, in searched: [String]) -> String {
    let files = searched.filter { $0.hasPrefix("/") && $0.hasSuffix(" (no such file)") }
        .map { pathWord(String($0.dropLast(" (no such file)".count))) }
    let command = "aws configure \(shellOption("--profile", name))"
    guard files.count == 2, searched.count == 2 else { return command }
    return "AWS_SHARED_CREDENTIALS_FILE=\(files[0]) AWS_CONFIG_FILE=\(files[1]) \(command)"
}

/// Commands that show which step of the way to a file is closed, and open it to one more user.
private func commandsToAdmit(
    _ path: String, after reason: String, _ step: ClosedStep?
) -> [String] {
    let word = pathWord(path)
    guard reason.holds("ermission denied") || reason.holds("not permitted") else {
        // Where systemd handed nothing over there is no path to look at.
        return path.hasPrefix("$CREDENTIALS_DIRECTORY/")
            ? ["systemctl show --property LoadCredential credwatch"] : ["ls -ld \(word)"]
    }
    let look = "namei -l \(word)"
    return switch step {
    case .hiddenHome: [look, "systemctl edit credwatch"]
    case .directory(let directory, let user):
        [look, "setfacl -m u:\(shellQuoted(user)):x \(pathWord(directory))"]
    case .file(let user): [look, "setfacl -m u:\(shellQuoted(user)):r \(word)"]
    case nil: [look, "setfacl -m u:USER:r \(word)"]
    }
}

private func commandsToSee(surroundings subject: String) -> [String] {
    if subject.hasPrefix("/") { return ["namei -l \(shellQuoted(subject))"] }
    if let unit = unit(in: subject) { return ["systemctl status \(shellQuoted(path: unit))"] }
    if let process = process(in: subject) { return ["ls -l /proc/\(process)/environ"] }
    return []
}

/// What is found in texts and files is certain: nothing was asked that could answer otherwise.
private func conclude(
    _ cause: Cause, _ summary: String, _ remedy: String, _ commands: [String],
    _ evidence: [Evidence] = []
) -> Diagnosis {
    Diagnosis(
        cause: cause, verdict: cause.verdict, summary: summary, remedy: remedy,
        commands: commands, evidence: evidence)
}
