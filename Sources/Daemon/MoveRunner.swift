import Dispatch
import Glibc
import Model
import Switching
import SystemBus

/// Makes whoever writes a config's files with the rights of this process.
func makeMover(for configuration: Configuration, _ pipeline: CheckPipeline) -> Mover {
    Mover(
        configuration: configuration, pipeline: pipeline, writer: FileSwitcher(),
        restarts: UnitRestarts(manager: SystemdBus.own))
}

/// Carries a move out: by the privileged half where it listens, else with our own rights.
///
/// Root needs nobody else's. A socket that is there and does not let us in is as good as none.
func carryOut(
    _ request: MoveRequest, _ configuration: Configuration, _ pipeline: CheckPipeline,
    report: @escaping @Sendable (MoveStep) -> Void
) async -> MoveOutcome {
    let client = MoverClient(path: configuration.moverSocket)
    guard geteuid() != 0, let socket = client.connect() else {
        return await makeMover(for: configuration, pipeline).carryOut(request, report: report)
    }
    let answer = await BlockingLine().run(within: client.patience + .seconds(5)) {
        client.carryOut(request, on: socket, report: report)
    }
    return answer ?? MoveOutcome(.failed("the privileged half does not answer"))
}
