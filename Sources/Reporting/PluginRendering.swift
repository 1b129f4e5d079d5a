package import Model

/// What a monitoring plugin prints, and its exit code.
package struct PluginAnswer: Sendable, Hashable {
    package var state: PluginState
    /// Lines, each ended by a line feed: the first one with the performance data, then the details.
    package var text: String

    /// Makes an answer that nothing can be told, with the reason as a sentence.
    package init(_ trouble: PluginTrouble) {
        state = .unknown
        text = "CREDWATCH UNKNOWN - " + pluginText(trouble.sentence, bytes: firstLineLimit) + "\n"
    }

    init(state: PluginState, text: String) {
        self.state = state
        self.text = text
    }
}

/// The words of the first line; a short message shows no more of it.
private let firstLineLimit = 480
/// The first line with its performance data: NRPE passes on 1,023 bytes, if it is an old one.
private let firstPartLimit = 1_000
/// All of it: Nagios reads no more than 8 KiB.
private let totalLimit = 8_000
/// How much a clock may have been set back before a status of the future says nothing.
private let futureLimit = ClockStatus.noticeable

/// Answers a monitoring agent in the form of the Monitoring Plugins.
///
/// A status that is stale, too old or from the future, and a name that it does not have, is UNKNOWN with the
/// reason.
package func answerPlugin(
    _ document: StatusDocument, _ question: PluginQuestion, now: WallTime
) -> PluginAnswer {
    do throws(PluginTrouble) {
        try checkAge(of: document, question, now)
        let part = try PluginPart(of: document, question)
        let state = judge(part, question, now: now)
        let head =
            "CREDWATCH \(state.word) - "
            + pluginText(pluginHead(part, question, now: now), bytes: firstLineLimit)
        return PluginAnswer(
            state: state,
            text: compose(
                head, pluginDetails(part, question, now: now),
                pluginData(part, question, now: now)))
    } catch {
        return PluginAnswer(error)
    }
}

private func checkAge(
    of document: StatusDocument, _ question: PluginQuestion, _ now: WallTime
) throws(PluginTrouble) {
    let age = now - document.generatedAt
    if age < .zero - futureLimit {
        throw PluginTrouble(
            "the status is from the future, written at \(document.generatedAt.rfc3339), in"
                + " \(age.magnitude.rough); look at the clock")
    }
    if document.validUntil < now {
        throw PluginTrouble(
            "the status is stale: it was valid until \(document.validUntil.rfc3339),"
                + " \((now - document.validUntil).rough) ago; credwatch has stopped or hangs, see"
                + " systemctl status credwatch")
    }
    if let limit = question.maxAge, age > limit {
        throw PluginTrouble(
            "the status is \(age.rough) old, more than the \(limit.text) allowed; credwatch hangs,"
                + " or writes it less often")
    }
}

/// Puts the lines together: performance data behind the first line as far as it fits, the rest behind the
/// last.
private func compose(_ head: String, _ details: [String], _ data: [PluginDatum]) -> String {
    var first = head
    var rest = ""
    for (index, datum) in data.map(\.text).enumerated() {
        let piece = (index == 0 ? " | " : " ") + datum
        if rest.isEmpty, first.utf8.count + piece.utf8.count <= firstPartLimit {
            first += piece
        } else if rest.utf8.count + datum.utf8.count < totalLimit / 4 {
            rest += " " + datum
        }
    }
    var size = first.utf8.count + rest.utf8.count + 200
    var lines = [first]
    for line in details {
        size += line.utf8.count + 1
        guard size <= totalLimit else {
            lines.append("and more, see credwatch status")
            break
        }
        lines.append(line)
    }
    if !rest.isEmpty {
        if lines.count == 1 { lines.append("More performance data:") }
        lines[lines.count - 1] += " |" + rest
    }
    return lines.joined(separator: "\n") + "\n"
}
