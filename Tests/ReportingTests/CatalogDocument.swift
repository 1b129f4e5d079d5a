import Model

@testable import Reporting

/// packaging/credwatch.catalog, what `journalctl -x` explains each kind of entry with, made of the code.
///
/// A field in a text, `@CREDWATCH_PROFILE@`, is one that every entry of the kind has: journalctl puts the
/// field's name in the place of one that is missing, or longer than 256 bytes.
enum CatalogDocument {
    static var text: String {
        let head = """
            # Explains credwatch's entries in the journal: journalctl -x. Made by a test of the source:
            # CREDWATCH_WRITE_DOCS=1 swift test --filter CatalogTests

            """
        return EventKind.allCases.reduce(head) { $0 + "\n" + entry(for: $1) }
    }

    static func entry(for kind: EventKind) -> String {
        let page = page(for: kind)
        return """
            -- \(kind.messageID)
            Subject: \(page.subject)
            Defined-By: credwatch
            Support: man:credwatch(1)
            Documentation: man:\(page.manual)

            \(page.text)

            """
    }

    private struct Page {
        var subject: String
        var manual = "credwatch(1)"
        var text: String

        init(_ subject: String, manual: String = "credwatch(1)", _ text: String) {
            self.subject = subject
            self.manual = manual
            self.text = text
        }
    }

    private static func page(for kind: EventKind) -> Page {
        switch kind {
        case .daemonStarted:
            Page(
                "credwatch has started",
                """
                The service has read its config and begins to check. Each profile has an entry
                of its own with its first answer. "credwatch status" shows all of them.
                """)
        case .daemonStopping:
            Page(
                "credwatch stops",
                """
                The service was told to stop. From now on nothing is checked and no failover
                happens; the status file says by its valid_until that it is over.
                """)
        case .configReloaded:
            Page(
                "The config was read again", manual: "credwatch.yaml(5)",
                """
                The new config is in force. Profiles and groups that keep their names keep
                their health. Some settings, named in entries of their own, wait for a restart.
                """)
        case .configRefused:
            Page(
                "The config is refused", manual: "credwatch.yaml(5)",
                """
                The file has a fault, which the message names with file, line and column. A
                daemon that runs goes on with its old config; one that starts does not start.

                Correct the file, see that "credwatch validate" has nothing to say, and run
                "systemctl reload credwatch", or "systemctl restart credwatch" when it is down.
                """)
        case .profileHealthy:
            Page(
                "Credential of @CREDWATCH_PROFILE@ works",
                """
                AWS accepts the credential of profile @CREDWATCH_PROFILE@, and it is the
                identity that the config expects. Nothing is to be done.
                """)
        case .profileFailing:
            Page(
                "Credential of @CREDWATCH_PROFILE@ fails: @CREDWATCH_CAUSE@",
                """
                The credential of profile @CREDWATCH_PROFILE@ does not work, and it is the
                credential's fault: @CREDWATCH_CAUSE@ (@CREDWATCH_CONFIDENCE@).
                Applications that use it are refused now, or will be soon.

                The message says what was found and what to do. The fields CREDWATCH_REMEDY
                and CREDWATCH_COMMANDS hold the remedy, CREDWATCH_EVIDENCE what it rests on,
                CREDWATCH_OTHERS what else it could be. For all of it in one report:

                    credwatch doctor @CREDWATCH_PROFILE@

                When the remedy is done, the next check finds out by itself, and
                "systemctl kill --kill-who=main -s USR1 credwatch" checks now. What systemd
                hands over by LoadCredential= is read anew by "systemctl restart credwatch".
                """)
        case .profileUnknown:
            Page(
                "State of @CREDWATCH_PROFILE@ is not known: @CREDWATCH_CAUSE@",
                """
                The check of profile @CREDWATCH_PROFILE@ says nothing about the credential:
                @CREDWATCH_CAUSE@. A file, the network, AWS, the clock or this machine is in
                the way. No failover follows from it.

                The message says what to do, and so does "credwatch doctor @CREDWATCH_PROFILE@".
                That looks with the files and variables of whoever runs it; with those of the
                service by "credwatch doctor @CREDWATCH_PROFILE@ --unit credwatch.service".
                """)
        case .credentialsEnding:
            Page(
                "Login of @CREDWATCH_PROFILE@ ends soon",
                """
                The login, or the session token, of profile @CREDWATCH_PROFILE@ ends at
                @CREDWATCH_EXPIRES_AT@, and credwatch cannot renew it.

                Log in again ("aws sso login", "aws login"), or put new credentials in the
                place of the old ones; the message says where they are from.
                """)
        case .credentialsEnded:
            Page(
                "Login of @CREDWATCH_PROFILE@ has ended",
                """
                The login, or the session token, of profile @CREDWATCH_PROFILE@ has ended at
                @CREDWATCH_EXPIRES_AT@. What uses it is refused from now on.

                Log in again ("aws sso login", "aws login"), or put new credentials in the
                place of the old ones; the message says where they are from.
                """)
        case .warning:
            Page(
                "Warning: @CREDWATCH_WARNING@",
                """
                Something works, and is worth a look before it fails. The message says what,
                the field CREDWATCH_COMMANDS what helps. "credwatch status" lists all warnings;
                an entry of its own tells when this one is over.
                """)
        case .warningOver:
            Page(
                "Warning is over: @CREDWATCH_WARNING@",
                """
                What was warned of is no longer so. Nothing is to be done.
                """)
        case .groupConfirming:
            Page(
                "Group @CREDWATCH_GROUP@ confirms a failure", manual: "credwatch.yaml(5)",
                """
                The primary of failover group @CREDWATCH_GROUP@ was refused. It is asked again,
                and a backup is proven, before anything moves ("fall" and "minimum_span" in the
                config). Applications still use @CREDWATCH_ACTIVE@.
                """)
        case .groupReady:
            Page(
                "Group @CREDWATCH_GROUP@ is ready", manual: "credwatch.yaml(5)",
                """
                The primary of failover group @CREDWATCH_GROUP@ is in use, and nothing speaks
                against it. Nothing is to be done.
                """)
        case .groupBlocked:
            Page(
                "Group @CREDWATCH_GROUP@ cannot fail over", manual: "credwatch.yaml(5)",
                """
                What applications of failover group @CREDWATCH_GROUP@ use is refused, and nothing
                takes over: no other member is proven good, or "cooldown" or "max_per_hour" of
                the config holds the move back. Applications have no credential that works.

                The message says which. Mend one of them, or the
                primary; "credwatch status" shows each. As a last resort, "credwatch failover
                --force @CREDWATCH_GROUP@" moves without a proof.
                """)
        case .failoverStarted:
            Page(
                "Group @CREDWATCH_GROUP@ fails over", manual: "credwatch-hook(7)",
                """
                The primary of failover group @CREDWATCH_GROUP@ is confirmed as refused, and a
                backup is proven good. What moves its applications starts now: "switch", "hook" or both,
                as the config has it. Entries with the same CREDWATCH_INCIDENT tell how that goes on.
                """)
        case .failedOver:
            Page(
                "Group @CREDWATCH_GROUP@ has failed over to @CREDWATCH_ACTIVE@",
                manual: "credwatch-hook(7)",
                """
                Applications of failover group @CREDWATCH_GROUP@ should now use
                @CREDWATCH_ACTIVE@; what the config has to move them has succeeded.

                Mend the primary ("credwatch doctor" says how). When an entry tells that it
                works again, "credwatch failback @CREDWATCH_GROUP@" moves back; with
                "failback: auto" in the config credwatch does so by itself, after a while.
                """)
        case .failoverFailed:
            Page(
                "Failover of group @CREDWATCH_GROUP@ failed", manual: "credwatch-hook(7)",
                """
                All attempts to move the applications of failover group @CREDWATCH_GROUP@ have failed,
                and credwatch does not try again: nobody looks after them any more. The
                message says whether files were switched all the same; then the group counts
                as moved, and what did not follow, a unit or the hook, still has the old key.

                See what went wrong ("journalctl CREDWATCH_GROUP=@CREDWATCH_GROUP@") and mend it.
                "credwatch switch @CREDWATCH_GROUP@ --dry-run" tries the files and units of "switch",
                "credwatch hook test @CREDWATCH_GROUP@" the hook. Then move by
                "credwatch failover @CREDWATCH_GROUP@".
                """)
        case .primaryRecovered:
            Page(
                "Primary of group @CREDWATCH_GROUP@ works again", manual: "credwatch-hook(7)",
                """
                The primary of failover group @CREDWATCH_GROUP@ is good again. Applications
                stay with @CREDWATCH_ACTIVE@ until somebody orders the way back,
                "credwatch failback @CREDWATCH_GROUP@", or, with "failback: auto", until it has
                been good for "failback_span".
                """)
        case .failedBack:
            Page(
                "Group @CREDWATCH_GROUP@ is back at its primary", manual: "credwatch-hook(7)",
                """
                Applications of failover group @CREDWATCH_GROUP@ should use @CREDWATCH_ACTIVE@
                again; what the config has to move them has succeeded. Nothing is to be done.
                """)
        case .keyStillUsed:
            Page(
                "Processes still use the old key of group @CREDWATCH_GROUP@",
                """
                The group has moved away from access key @CREDWATCH_ACCESS_KEY_ID@ of
                profile @CREDWATCH_PROFILE@, and @CREDWATCH_KEY_USERS@ running processes have it in their
                environment, or are of a unit that reads a switched file and older than the
                switch. The message names them. They fail as soon as the key does: restart
                what is of them. credwatch looks again, at least every 10 minutes, until they
                are gone; "credwatch status" has the list.
                """)
        case .keyUnused:
            Page(
                "The old key of group @CREDWATCH_GROUP@ is in use no more",
                """
                The last process that was seen to use access key @CREDWATCH_ACCESS_KEY_ID@
                is gone. One that reads a file anew each time, or is on another machine, is
                not seen here: look at the key's last use before it is deleted.
                """)
        case .keyUsersUnseen:
            Page(
                "Who uses the old key of group @CREDWATCH_GROUP@ is not known",
                """
                No process was seen that uses access key @CREDWATCH_ACCESS_KEY_ID@, but not
                all could be looked at: the service has no right to read the environments of
                others. As root this shows them all:

                    credwatch doctor @CREDWATCH_PROFILE@
                """)
        case .backupFailing:
            Page(
                "Backup @CREDWATCH_PROFILE@ of group @CREDWATCH_GROUP@ is refused",
                manual: "credwatch.yaml(5)",
                """
                The backup's own checks confirm it as bad: if the primary of failover group
                @CREDWATCH_GROUP@ failed now, it could not stand in. Applications use
                @CREDWATCH_ACTIVE@.

                Mend it as a primary: "credwatch doctor @CREDWATCH_PROFILE@" says how.
                """)
        case .backupRecovered:
            Page(
                "Backup @CREDWATCH_PROFILE@ of group @CREDWATCH_GROUP@ works again",
                manual: "credwatch.yaml(5)",
                """
                The backup can stand in again. Nothing is to be done.
                """)
        case .reminder:
            Page(
                "Group @CREDWATCH_GROUP@ still uses @CREDWATCH_ACTIVE@",
                manual: "credwatch.yaml(5)",
                """
                Failover group @CREDWATCH_GROUP@ was moved days ago and was not moved back. It is
                told 1, 2, 4, 8 and so on days after the failover, unless the config has
                "reminders: false".

                Mend the primary, and "credwatch failback @CREDWATCH_GROUP@".
                """)
        case .drillFinished:
            Page(
                "Drill of group @CREDWATCH_GROUP@ has ended", manual: "credwatch(1)",
                """
                Somebody ordered a drill of failover group @CREDWATCH_GROUP@: a failover, with
                the way back. The message says how it went; applications use @CREDWATCH_ACTIVE@.
                "credwatch status" shows the last drill.
                """)
        case .hookStarted:
            Page(
                "Hook of group @CREDWATCH_GROUP@ starts", manual: "credwatch-hook(7)",
                """
                The hook of failover group @CREDWATCH_GROUP@ starts for @CREDWATCH_HOOK_EVENT@,
                from @CREDWATCH_FROM@ to @CREDWATCH_TO@. All of it:

                    journalctl CREDWATCH_INCIDENT=@CREDWATCH_INCIDENT@
                """)
        case .hookFinished:
            Page(
                "Hook of group @CREDWATCH_GROUP@ has ended", manual: "credwatch-hook(7)",
                """
                The message says how the hook ended. One that failed is tried again after 2, 4,
                8 and 16 seconds. What it printed:

                    journalctl CREDWATCH_INCIDENT=@CREDWATCH_INCIDENT@

                "Read-only file system" and "Access denied" there come from the unit, whose
                sandbox holds for hooks too; the manual page has a way around it.
                """)
        case .hookOutput:
            Page(
                "Hook of group @CREDWATCH_GROUP@ printed a line", manual: "credwatch-hook(7)",
                """
                The line is the hook's own word, not credwatch's.
                """)
        case .hookUnusable:
            Page(
                "A hook cannot be run", manual: "credwatch-hook(7)",
                """
                The program of a hook is missing, is not executable, or somebody other than
                root or the service's user could change it; the message says which. A failover
                of its group would fail. "credwatch validate" shows whether that is mended.
                """)
        case .switched:
            Page(
                "The keys of group @CREDWATCH_GROUP@ are written",
                manual: "credwatch.yaml(5)",
                """
                A file that applications take their keys from has those of @CREDWATCH_TO@, or
                had them already; the message names it. The file as it was before is kept
                beside it, readable for its owner only.
                """)
        case .switchFailed:
            Page(
                "Keys for applications could not be written",
                manual: "credwatch.yaml(5)",
                """
                A file that the message names was not switched, could not be, or was put back
                since what stood there was not the credential; the message has the reason.
                Applications go on with the keys that they had.

                "credwatch switch GROUP --dry-run" looks again without changing anything.
                """)
        case .unitRestarted:
            Page(
                "A unit of group @CREDWATCH_GROUP@ was brought to use new keys",
                manual: "credwatch.yaml(5)",
                """
                @CREDWATCH_UNIT@ was restarted or reloaded, needed neither, or does not run;
                the message says which. "systemctl status @CREDWATCH_UNIT@" shows it.
                """)
        case .unitFailed:
            Page(
                "A unit of group @CREDWATCH_GROUP@ does not use the new keys",
                manual: "credwatch.yaml(5)",
                """
                The files have good keys, and stay as they are, but a unit that reads them
                does not exist, does not come back, or still has the old key. The message
                names it and says why.

                Look at it with "systemctl status" and "journalctl -u", and restart it.
                """)
        case .statusFileFailed:
            Page(
                "The status file cannot be written",
                """
                @CREDWATCH_STATUS_FILE@ stays as it was, so agents see an old state, and take
                it as unknown after its valid_until. Checks and failovers go on.

                See that the directory is there, has room, and belongs to the service's user.
                It is tried again every few seconds, and an entry tells when it works.
                """)
        case .statusFileRestored:
            Page(
                "The status file is written again",
                """
                @CREDWATCH_STATUS_FILE@ shows the present state again. Nothing is to be done.
                """)
        case .stateFileFailed:
            Page(
                "The state file cannot be written",
                """
                What credwatch knows about health and failovers does not reach the disk.
                Failovers happen all the same; after a crash, a switch or hook may run twice for one
                incident. See that the state directory has room and belongs to the service's
                user. It is tried again with every change.
                """)
        case .stateFileRestored:
            Page(
                "The state file is written again",
                """
                Health and failovers reach the disk again. Nothing is to be done.
                """)
        case .stateFileSetAside:
            Page(
                "The state file was unusable",
                """
                The file that keeps health and failovers over a restart could not be read; it
                was set aside under another name, and the daemon started without a memory. No
                failover follows from that.

                If a group had failed over, credwatch does not know it any more: compare
                "credwatch status" with what the applications use.
                """)
        case .clockJumped:
            Page(
                "The wall clock was set",
                """
                The schedule goes on as it was, since it does not use the wall clock. AWS
                refuses signatures when the clock is wrong by more than five minutes: see that
                it is synchronised ("timedatectl").
                """)
        case .resumedFromSuspend:
            Page(
                "The machine was suspended",
                """
                Checks that were missed follow one after the other. Nothing is to be done.
                """)
        case .metricsUnserved:
            Page(
                "The metrics are not served", manual: "credwatch.yaml(5)",
                """
                The address of "metrics: {listen}" cannot be listened at, mostly since another
                program has the port ("ss -ltnp" names it); the message says why. Checks and
                failovers go on. It is tried again, and an entry tells when it works.
                """)
        case .metricsServed:
            Page(
                "The metrics are served", manual: "credwatch.yaml(5)",
                """
                Prometheus and others can ask for the metrics. Nothing is to be done.
                """)
        case .credentialsUnserved:
            Page(
                "Credentials are not served as they should be", manual: "credwatch.yaml(5)",
                """
                Applications may not get the credentials of a group, or somebody tries tokens. The
                message says what it is: an address that another program has ("ss -ltnp" names
                it), a token file that is missing or that others may read, or wrong tokens. Checks
                and failovers go on. It is tried again, and an entry tells when all is well.
                """)
        case .credentialsServed:
            Page(
                "Credentials are served", manual: "credwatch.yaml(5)",
                """
                What kept applications from the credentials of a group is over. Nothing is to be
                done.
                """)
        case .heartbeatFailed:
            Page(
                "The heartbeat does not arrive at @CREDWATCH_HEARTBEAT_HOST@",
                manual: "credwatch.yaml(5)",
                """
                The dead-man service at @CREDWATCH_HEARTBEAT_HOST@ was not told that credwatch
                works, and will alarm. The message says why. Checks and failovers go on.

                Status 404 or 410 means that the URL in the config names no check of the
                service; a redirect is not followed: take the URL that it leads to. It is
                tried again at least every 30 seconds, and an entry tells when it arrives.
                """)
        case .heartbeatRestored:
            Page(
                "The heartbeat arrives at @CREDWATCH_HEARTBEAT_HOST@ again",
                manual: "credwatch.yaml(5)",
                """
                The dead-man service knows again that credwatch works. Nothing is to be done.
                """)
        case .keyRotated:
            Page(
                "A step of the rotation of @CREDWATCH_PROFILE@'s key is done",
                manual: "credwatch.yaml(5)",
                """
                The user has a new access key, which stands in the file and works, or the old
                one, inactive until then, was deleted. "credwatch keys @CREDWATCH_PROFILE@"
                lists them. Programs that read the old key before have to be restarted;
                "credwatch keys @CREDWATCH_PROFILE@ activate ID" brings a key back that is
                inactive and still missed.
                """)
        case .rotationFailed:
            Page(
                "The key of @CREDWATCH_PROFILE@ was not rotated: @CREDWATCH_REASON@",
                manual: "credwatch.yaml(5)",
                """
                The file has a key that works, the old one or the new. It is tried again in a
                day; "credwatch rotate @CREDWATCH_PROFILE@" does so at once, and with
                --dry-run says what is in its way. Often it is a missing permission
                (examples/iam/rotate-policy.json), a second key of the user that nobody has
                given up, or a file that credwatch may not write.
                """)
        case .commandReceived:
            Page(
                "An operator gives an order",
                """
                Somebody ran "credwatch failover" or "credwatch failback" as root or as the
                service's user. The entries that follow tell what came of it.
                """)
        case .dailySummary:
            Page(
                "Daily summary: @CREDWATCH_OVERALL@",
                """
                Once a day, how everything stands. The fields CREDWATCH_HEALTHY,
                CREDWATCH_FAILING, CREDWATCH_UNKNOWN and CREDWATCH_PENDING count profiles.
                """)
        case .entriesLost:
            Page(
                "@CREDWATCH_LOST@ entries are missing here",
                """
                The journal took no entries for a while, and more came up than credwatch keeps
                (1,000, at most 4 MiB); the least important were dropped first. What stands
                here with CREDWATCH_WRITTEN_AT came late.

                See why journald had stopped: "journalctl -u systemd-journald". The present
                state is in "credwatch status".
                """)
        case .internalProblem:
            Page(
                "Something stands in credwatch's own way",
                """
                The message says what does not work, and what does not follow from it. A place
                in the config (FILE:LINE:COLUMN) is to be corrected there. If it is no fault
                of this machine, it is one of credwatch: please report it with the
                entry ("journalctl -o verbose"), which holds no secret.
                """)
        }
    }
}
