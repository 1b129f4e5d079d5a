import Glibc
import Model
import Support
import Testing

@testable import Reporting

@Suite struct CatalogTests {
    static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    static let path = root + "/packaging/credwatch.catalog"

    @Test func `the catalog explains what the code writes`() throws {
        let text = CatalogDocument.text
        if getenv("CREDWATCH_WRITE_DOCS") != nil { try put(Array(text.utf8), at: Self.path) }
        let isSame = (try? content(of: Self.path)) == Array(text.utf8)
        #expect(
            isSame,
            "packaging/credwatch.catalog is not what the code writes; write it anew: CREDWATCH_WRITE_DOCS=1 swift test --filter CatalogTests"
        )
    }

    @Test(arguments: EventKind.allCases)
    func `a page fits a terminal and names no field that an entry may lack`(kind: EventKind) {
        let page = CatalogDocument.entry(for: kind)
        for line in page.split(separator: "\n") { #expect(line.utf8.count <= 90, "\(line)") }
        let used = Set(
            page.matches(of: /@([A-Z_]+)@/).map { String($0.output.1) })
        for entry in Self.entries where entry.kind == kind {
            #expect(used.subtracting(entry.fields.map(\.name)) == [], "\(entry)")
        }
        let isShown = Self.entries.contains { $0.kind == kind }
        #expect(isShown || used.isEmpty, "no sample shows that \(used) is there")
    }

    /// Entries as they are with the fewest fields.
    static let entries: [JournalEntry] = {
        let states: [(ProfileState, Diagnosis)] = [
            (.healthy, Diagnosis(cause: .ok, verdict: .good, summary: "", remedy: "")),
            (.failing, Diagnosis(cause: .keyInactive, verdict: .bad, summary: "", remedy: "")),
            (.unknown, Diagnosis(cause: .networkDNS, verdict: .unknown, summary: "", remedy: "")),
        ]
        var entries: [JournalEntry] = states.compactMap { state, diagnosis in
            try? ProfileEntriesTests.entry(
                ProfileStatus(name: "app", state: state, diagnosis: diagnosis), to: state,
                from: .pending)
        }
        for notice in EndNotice.allCases {
            entries.append(
                entry(
                    for: EndChange(
                        profile: "app", notice: notice, end: Samples.now, left: .seconds(60),
                        result: nil)))
        }
        let warning = Advisory(.keyOld, "The key is old.")
        for isOver in [false, true] {
            entries.append(
                entry(
                    for: AdvisoryChange(
                        subject: .machine, advisory: warning, isOver: isOver)))
        }
        let kinds: [EventKind] = [
            .groupConfirming, .groupReady, .groupBlocked, .failoverStarted, .failedOver,
            .failoverFailed, .primaryRecovered, .failedBack, .backupFailing, .backupRecovered,
            .reminder, .drillFinished,
        ]
        for kind in kinds {
            entries.append(
                entry(
                    for: GroupChange(
                        kind: kind, group: "app", state: .ready, active: "app", message: "x",
                        incident: nil, profile: "spare")))
        }
        let occasion = MoveOccasion(group: "app", to: "app-backup")
        for kind in MoveStep.Kind.allCases {
            let isOfUnit = entry(for: MoveStep(kind), of: occasion).kind == .unitRestarted
            entries.append(
                entry(for: MoveStep(kind, unit: isOfUnit ? "app.service" : nil), of: occasion))
        }
        for end: MoveOutcome.End in [.done, .failed("x"), .incomplete("x")] {
            entries.append(entry(for: MoveOutcome(end), of: occasion))
        }
        let run = HookEntriesTests().hookRun
        entries.append(entry(forStartOf: run))
        entries.append(entry(forOutput: "x", of: run))
        entries.append(
            entry(
                forEndOf: run,
                record: HookRecord(
                    event: .failover, attempt: 1, startedAt: Samples.now, finishedAt: nil,
                    result: nil)))
        entries.append(
            entry(for: StatusFileProblem(path: "/run/x", operation: .rename, code: 28)))
        entries.append(entry(forRestored: "/run/x", after: .seconds(1)))
        entries.append(entry(forHeartbeatTo: "hc-ping.com", failure: "no answer"))
        entries.append(entry(forRestoredHeartbeatTo: "hc-ping.com", after: .seconds(1)))
        entries.append(entry(forUsersOf: Samples.staleUsers, in: "app"))
        entries.append(entry(forNoUsersOf: Samples.staleUsers, in: "app"))
        entries.append(entry(forUnseenUsersOf: Samples.staleUsers, in: "app"))
        for isDone in [true, false] {
            if let rotation = entry(forRotationOf: "app", ["Done."], isDone: isDone) {
                entries.append(rotation)
            }
        }
        entries.append(entry(forSummaryOf: Samples.emptyDocument))
        entries.append(entry(forLost: 3))
        return entries
    }()
}
