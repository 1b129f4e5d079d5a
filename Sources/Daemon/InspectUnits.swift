import Dispatch
import Glibc
import Model
package import SystemBus

/// How long all managers together may take to say which units they know.
private let mostOfUnits = Duration.seconds(3)

/// Says who may know the units that a config names, as ``SystemdBus/own``: the machine's manager, and for who is
/// not root the user's own.
package func unitManagers() -> [any UnitDirectory] {
    let system = SystemdBus()
    return geteuid() == 0 ? [system] : [system, SystemdBus(.user)]
}

/// What the managers that answered say of a unit, in their order: the state that it is loaded in.
typealias LoadStates = [String]

/// Says what is wrong with a unit of `restart_units`, by the load states that were told of it, as a clause;
/// nil when one manager can start it, or nobody told anything.
func flaw(ofUnit unit: String, loadedAs states: LoadStates) -> String? {
    guard let first = states.first, !states.contains("loaded") else { return nil }
    // One that knows it in any way says more than one that has never heard of it.
    switch states.first(where: { $0 != "not-found" }) ?? first {
    case "not-found":
        return "systemd knows no unit \(unit), so a failover would end as failover_failed"
    case "masked": return "the unit \(unit) is masked, so nothing can start it"
    case let state: return "systemd cannot use the unit \(unit): it is \(state)"
    }
}

/// Finds units of `restart_units` that systemd does not know, or could not start.
///
/// All are warnings: a unit may be installed later than the config. Where no manager can be reached, or none
/// answers in time, there is nothing to say.
func problemsOfUnits(
    in configuration: Configuration, file: String, asking managers: [any UnitDirectory]
) async -> [ConfigurationProblem] {
    let targets = configuration.groups.flatMap(\.switchTargets)
    let units = Set(targets.flatMap(\.restartUnits)).sorted()
    guard !units.isEmpty else { return [] }
    let told = await loadStates(of: units, managers)
    return targets.flatMap { target in
        target.restartUnits.compactMap { unit in
            flaw(ofUnit: unit, loadedAs: told[unit] ?? []).map {
                ConfigurationProblem(
                    target.location ?? SourceLocation(file: file, line: 1), rule: "unknown-unit",
                    $0, severity: .warning)
            }
        }
    }
}

private let units = DispatchQueue(label: "credwatch.units", attributes: .concurrent)

/// Asks the managers on a thread of their own, which a bus that hangs may keep.
private func loadStates(
    of names: [String], _ managers: [any UnitDirectory]
) async -> [String: LoadStates] {
    let told: [String: LoadStates]? = await race(within: mostOfUnits) { race in
        units.async {
            var told: [String: LoadStates] = [:]
            for manager in managers {
                for name in names {
                    do throws(UnitDirectoryFailure) {
                        let state = try manager.state(of: name, within: mostOfUnits)
                        told[name, default: []].append(state.load)
                    } catch {
                        // Who does not answer about one does not about the others either.
                        break
                    }
                }
            }
            race.end(with: told)
        }
        return {}
    }
    return told ?? [:]
}
