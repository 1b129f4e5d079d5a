import Glibc

/// Programs in a mount namespace of their own: what a script mounts there exists nowhere else.
package enum MountNamespace {
    /// Whether this machine lets us have one: root, unshare and mount are needed.
    package static func isPossible() async -> Bool {
        guard geteuid() == 0 else { return false }
        let probe = command(after: "mount -t tmpfs -o size=64k tmpfs /run", ["true"])
        return (try? await Subprocess.run(probe[0], Array(probe[1...])))?.ending == .exited(0)
    }

    /// The command that runs a shell script in a new namespace; it gets a program with its arguments as
    /// `"$@"`, to call it when all is prepared.
    package static func command(after script: String, _ program: [String]) -> [String] {
        let shell = ["sh", "-c", "set -eu\n" + script, "sh"]
        return ["unshare", "--mount", "--propagation", "private"] + shell + program
    }
}

/// A systemd-journald for one test, in a mount namespace of its own.
package enum TestJournald {
    private static let daemon = "/lib/systemd/systemd-journald"

    /// What a machine needs for it, as the reason to skip a test.
    package static let needs = "needs root, mount namespaces, systemd-journald and journalctl"

    package static func isPossible() async -> Bool {
        guard access(daemon, X_OK) == 0, access("/etc/machine-id", R_OK) == 0 else { return false }
        let journalctl = try? await Subprocess.run("journalctl", ["--version"])
        guard journalctl?.ending == .exited(0) else { return false }
        return await MountNamespace.isPossible()
    }

    /// Starts a journald on a /run of its own, waits until it listens, calls `"$@"`, and ends it.
    ///
    /// The variable CREDWATCH_TEST_JOURNALD holds its process id meanwhile.
    package static let script = """
        mount -t tmpfs -o mode=755,size=128m tmpfs /run
        mkdir -p /run/systemd/journal /run/systemd/journald.conf.d /run/log/journal
        if [ ! -s /etc/machine-id ]; then
            echo 00112233445566778899aabbccddeeff >/run/machine-id
            mount --bind /run/machine-id /etc/machine-id
        fi
        if [ -d /var/log/journal ]; then mount -t tmpfs -o size=1m tmpfs /var/log/journal; fi
        cat >/run/systemd/journald.conf.d/test.conf <<END
        [Journal]
        Storage=volatile
        RateLimitIntervalSec=0
        ForwardToSyslog=no
        ForwardToWall=no
        ReadKMsg=no
        Audit=
        END
        \(daemon) >/run/journald.log 2>&1 &
        export CREDWATCH_TEST_JOURNALD=$!
        echo $! >/run/journald.pid
        n=0
        while [ ! -S /run/systemd/journal/socket ] || [ ! -S /run/systemd/journal/stdout ]; do
            n=$((n + 1))
            if [ $n -gt 500 ] || ! kill -0 $CREDWATCH_TEST_JOURNALD; then
                cat /run/journald.log
                exit 70
            fi
            sleep 0.02
        done
        status=0
        "$@" || status=$?
        # A test may have started another one in its place.
        for process in $(cat /run/journald.pid) $CREDWATCH_TEST_JOURNALD; do
            kill -CONT $process || true
            kill $process || true
            wait $process || true
        done 2>/dev/null
        exit $status
        """
}
