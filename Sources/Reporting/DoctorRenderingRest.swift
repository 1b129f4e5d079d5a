import Model

extension DoctorPage {
    mutating func add(_ section: DoctorSection<DoctorPrecedence>) {
        if let precedence = section.content {
            for finding in precedence.findings {
                bullet(finding.sentence, isWarning: finding.isWarning)
            }
            if let subject = precedence.comparedWith {
                if precedence.differences.isEmpty {
                    paragraph("Nothing is different here and in the environment of \(subject).")
                } else {
                    paragraph("Different here and in the environment of \(subject):")
                    for difference in precedence.differences {
                        bullet(
                            "\(difference.setting): here \(difference.here), there \(difference.there)"
                        )
                    }
                }
            }
        }
        notes(section.notes)
    }

    mutating func add(_ section: DoctorSection<DoctorNetwork>) {
        if let network = section.content {
            if let skew = network.skew { bullet(Reporting.text(of: .skew(skew))) }
            for host in network.hosts { bullet(words(for: host)) }
            for finding in network.findings {
                bullet(finding.sentence, isWarning: finding.isWarning)
            }
        }
        notes(section.notes)
    }

    mutating func add(_ section: DoctorSection<[StaleUsers]>) {
        for stale in section.content ?? [] {
            let key = "access key \(shownKeyID(stale.accessKeyID)) of \(stale.profile)"
            let report = stale.report
            guard report.count > 0 else {
                paragraph("No process is seen to use \(key)\(blindness(of: report)).")
                continue
            }
            paragraph("In use by a process: \(key)\(blindness(of: report)).")
            for user in report.users.prefix(20) {
                bullet(Reporting.words(for: user), isWarning: true)
            }
            let rest = report.count - min(20, report.users.count)
            if rest > 0 { bullet("and \(rest) more", isWarning: true) }
        }
        notes(section.notes)
    }

    mutating func add(_ advice: PipelineAdvice) {
        for sentence in advice.sentences { paragraph(sentence) }
        if let file = advice.file, let snippet = advice.snippet {
            paragraph("In \(file):")
            verbatim(snippet, indent: 6)
        }
        if let policy = advice.trustPolicy {
            paragraph("The trust policy of the role, trust.json:")
            verbatim(policy, indent: 6)
        }
        if !advice.commands.isEmpty {
            paragraph("Once, by an administrator of the account:")
            for command in advice.commands { verbatim(command, indent: 6) }
        }
    }

    /// Adds the verdict; facts that another part has told are not told again.
    mutating func add(_ section: DoctorSection<Diagnosis>, besides told: [Evidence]) {
        if let diagnosis = section.content {
            paragraph(
                "\(diagnosis.cause.title), \(diagnosis.confidence.rawValue) (\(diagnosis.cause.rawValue))"
            )
            paragraph(diagnosis.summary)
            for fact in diagnosis.evidence where !told.contains(fact) {
                bullet(Reporting.text(of: fact))
            }
            if !diagnosis.others.isEmpty {
                paragraph("It could also be that")
                for other in diagnosis.others { bullet("\(other.what). \(other.test)") }
            }
        }
        notes(section.notes)
    }

    mutating func add(_ remedies: [DoctorRemedy]) {
        for (index, remedy) in remedies.enumerated() {
            paragraph(remedy.sentence, bullet: "\(index + 1). ")
            for command in remedy.commands { verbatim(command, indent: 10) }
        }
    }

    mutating func add(_ requests: [RequestRecord], leftOut: Int) {
        guard !requests.isEmpty else { return paragraph("None.") }
        var table = TextTable(["TIME", "ANSWER", "REQUEST", "TOOK"], flexible: 2)
        for request in requests {
            var place = request.host + (request.path == "/" ? "" : redacted(request.path))
            if let region = request.region { place += ", region \(region)" }
            let key = request.accessKeyID.map(shownKeyID)
            switch (key, request.signer) {
            case (let key?, let signer?): place += ", signed by \(redacted(signer)) (\(key))"
            case (let key?, nil): place += ", signed by \(key)"
            case (nil, _): place += ", not signed"
            }
            var notes = [place]
            if case .failed(_, _, let reason) = request.outcome { notes.append(redacted(reason)) }
            table.add(
                [
                    request.startedAt.timeOfDay, answer(request.outcome),
                    request.action ?? request.method, request.latency.map(milliseconds) ?? "-",
                ], color: color(of: request.outcome), notes: notes)
        }
        self.table(table.render(tableStyle()))
        if leftOut > 0 { paragraph("And \(leftOut) more.") }
    }

    private func words(for host: DoctorNetwork.Host) -> String {
        var parts = ["\(host.name): \(answer(host.outcome))"]
        if let phases = host.phases {
            parts.append("DNS \(milliseconds(phases.lookedUpAfter))")
            parts.append(
                "connect \(milliseconds(phases.connectedAfter - phases.lookedUpAfter))")
            if let secured = phases.securedAfter {
                parts.append("TLS \(milliseconds(secured - phases.connectedAfter))")
            }
        }
        if let latency = host.latency { parts.append("the latest took \(milliseconds(latency))") }
        if host.requests > 1 { parts.append("\(host.requests) requests") }
        if case .failed(_, _, let reason) = host.outcome { parts.append(reason) }
        return parts.joined(separator: ", ")
    }

    private func color(of outcome: RequestRecord.Outcome) -> String {
        switch outcome {
        case .answered(200..<300, _): "\u{1B}[32m"
        case .answered: "\u{1B}[1;31m"
        case .failed, .pending: "\u{1B}[33m"
        }
    }
}

/// An outcome in a few words: `403 InvalidClientTokenId`, `connect timed out`.
func answer(_ outcome: RequestRecord.Outcome) -> String {
    switch outcome {
    case .pending: "no answer yet"
    case .answered(let status, let code):
        code.map { "\(status) \(redacted($0))" } ?? "HTTP \(status)"
    case .failed(let phase, let timedOut, _):
        timedOut ? "\(phase.rawValue) timed out" : "\(phase.rawValue) failed"
    }
}

private func milliseconds(_ duration: Duration) -> String {
    let micros = max(duration.nanoseconds, 0) / 1_000
    return micros < 10_000 ? "\(micros / 1_000).\(micros / 100 % 10) ms" : "\(micros / 1_000) ms"
}
