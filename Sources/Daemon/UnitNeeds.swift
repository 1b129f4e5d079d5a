import Model

/// A unit that has to use what was written, and which of the files it reads.
struct UnitNeed: Sendable, Hashable {
    var unit: String
    /// Whether it reads the keys as its environment, which only new processes get.
    var readsEnvironment = false
    /// The files with keys that it reads by itself.
    var files: [SwitchedFile] = []
    /// The files that systemd reads for it.
    var environmentFiles: [SwitchedFile] = []
}

/// Joins what targets say of units, each unit once, in the order of the config.
///
/// `files` are the results of the targets, in their order; empty for a plan.
func unitNeeds(of targets: [SwitchTarget], _ files: [SwitchedFile]) -> [UnitNeed] {
    var needs: [UnitNeed] = []
    for (index, target) in targets.enumerated() {
        for unit in target.restartUnits {
            let place = needs.firstIndex { $0.unit == unit } ?? needs.endIndex
            if place == needs.endIndex { needs.append(UnitNeed(unit: unit)) }
            switch target.place {
            case .environmentFile:
                needs[place].readsEnvironment = true
                if files.indices.contains(index) {
                    needs[place].environmentFiles.append(files[index])
                }
            case .credentialsFile, .configFile:
                if files.indices.contains(index) { needs[place].files.append(files[index]) }
            }
        }
    }
    return needs
}
