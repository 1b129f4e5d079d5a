package import Model
package struct StateProblem: Error, Sendable, Hashable, CustomStringConvertible { package var description: String; package var isHeldByAnother: Bool }
package enum LoadedState: Sendable { case none, state(RememberedState), setAside(StateProblem) }
package final class StateStore: Sendable {
    package init(directory: String) {}
    package func lock() throws(StateProblem) {}
    package func load() -> LoadedState { .none }
    package func save(_ s: RememberedState) throws(StateProblem) {}
}
package struct HookOutcome: Sendable { package var record: HookRecord; package var output: [String] }
package final class HookRunner: Sendable {
    package init() {}
    package func run(_ run: HookRun, _ hook: HookConfiguration, statusFile: String) async -> HookOutcome { fatalError() }
    package func terminateAll(grace: Duration) async {}
}
package func inspectHook(_ h: HookConfiguration) -> [String] { [] }
