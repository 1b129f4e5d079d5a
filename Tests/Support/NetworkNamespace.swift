import Glibc

/// Programs in a network namespace of their own, with a loopback that has the addresses of the metadata
/// service and of the container's agent.
package enum NetworkNamespace {
    /// What a machine needs for it, as the reason to skip a test.
    package static let needs = "needs network namespaces, unshare and ip"

    package static func isPossible() async -> Bool {
        let probe = command(after: "", ["true"])
        return (try? await Subprocess.run(probe[0], Array(probe[1...])))?.ending == .exited(0)
    }

    /// The command that runs a shell script in a new namespace; it gets a program with its arguments as
    /// `"$@"`, which is called at the end.
    package static func command(after script: String, _ program: [String]) -> [String] {
        let rights = geteuid() == 0 ? [] : ["--map-root-user"]
        let setUp = """
            set -eu
            ip link set lo up
            ip address add 169.254.169.254/32 dev lo
            ip address add 169.254.170.2/32 dev lo
            \(script)
            "$@"
            """
        return ["unshare", "--net"] + rights + ["sh", "-c", setUp, "sh"] + program
    }
}
