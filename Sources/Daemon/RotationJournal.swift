import FailingOver
import Glibc
import Model
import Rotating

/// The journal of a profile's rotation, with its lock for as long as this lives.
///
/// There are two directories: the daemon's own, and one of root's beside it, which nobody else can change,
/// for what the privileged half does by itself. A rotation stays in the one where it began.
final class RotationJournal: Sendable {
    /// Who keeps the journal.
    enum Keeper: Sendable, Hashable {
        /// Whoever runs this. Root goes on with what the privileged half has left open.
        case runner
        /// The privileged half on behalf of the daemon.
        case privilegedHalf
    }

    /// Whether nobody but root can have written it.
    let isRoots: Bool
    private let store: RotationStore
    private let name: String
    private let locks: [RotationStore.Lock]

    /// Opens the journal, and keeps everybody else from it.
    init(
        _ profile: String, _ configuration: Configuration, by keeper: Keeper = .runner
    ) throws(RotationStop) {
        name = rotationFileName(of: profile)
        let own = try Place(configuration.stateDirectory, name, profile)
        var chosen = own
        var locks = [own.lock]
        let roots = configuration.rootsStateDirectory
        if keeper == .privilegedHalf || geteuid() == 0 && access(roots, F_OK) == 0 {
            if let reason = writersBesidesRoot(ofDirectory: roots) {
                throw RotationStop(.refused, "\(roots) is not to be trusted: \(reason).")
            }
            let place = try Place(roots, name, profile)
            locks.append(place.lock)
            if keeper == .runner {
                if try place.read() != nil { chosen = place }
            } else {
                guard try own.read() == nil else {
                    throw RotationStop(
                        .refused,
                        "A rotation of \(profile) is open in \(configuration.stateDirectory); "
                            + "`credwatch rotate \(profile)`, run by root, goes on with it.")
                }
                chosen = place
            }
        }
        store = chosen.store
        isRoots = chosen.path != configuration.stateDirectory
        self.locks = locks
    }

    /// Reads what was noted last; nil when no rotation is open.
    func load() throws(RotationStop) -> RotationRecord? {
        guard let bytes = try readJournal(store, name) else { return nil }
        do throws(RotationFormatProblem) {
            return try decodeRotation(bytes)
        } catch {
            throw unreadable(
                .unreadable(path: "rotations/\(name).json", reason: error.reason))
        }
    }

    /// Notes what comes next; when this returns, it survives a power cut.
    func save(_ record: RotationRecord) throws(RotationStop) {
        do throws(StateProblem) {
            try store.save(encodeRotation(record), name)
        } catch {
            guard record.hasChanged else { throw RotationStop(.refused, error.description) }
            throw RotationStop(
                .unfinished, "\(error.description) Once it can be, the next run goes on.")
        }
    }

    /// Closes the rotation.
    func remove() throws(RotationStop) {
        do throws(StateProblem) {
            try store.remove(name)
        } catch {
            throw RotationStop(.unfinished, error.description)
        }
    }
}

/// A journal in one of the directories, locked.
private struct Place {
    let path: String
    let store: RotationStore
    let lock: RotationStore.Lock
    private let name: String

    init(_ path: String, _ name: String, _ profile: String) throws(RotationStop) {
        self.path = path
        self.name = name
        do throws(StateProblem) {
            store = try RotationStore(stateDirectory: path)
            lock = try store.lock(name)
        } catch {
            if case .locked = error {
                throw RotationStop(.refused, "Another rotation of \(profile) is under way.")
            }
            throw RotationStop(
                .refused, "\(error.description) Every step has to be noted there beforehand.")
        }
    }

    func read() throws(RotationStop) -> [UInt8]? { try readJournal(store, name) }
}

private func readJournal(
    _ store: RotationStore, _ name: String
) throws(RotationStop) -> [UInt8]? {
    do throws(StateProblem) {
        return try store.load(name)
    } catch {
        throw unreadable(error)
    }
}

private func unreadable(_ problem: StateProblem) -> RotationStop {
    RotationStop(
        .refused, "\(problem.description) Nothing is done while it says what is open.")
}

extension Configuration {
    /// Where root keeps the journals of rotations that its half of the daemon does: beside the state directory.
    var rootsStateDirectory: String {
        var path = stateDirectory[...]
        while path.utf8.count > 1, path.utf8.last == 0x2F { path.removeLast() }
        return path + "-mover"
    }
}

extension RotationJournal {
    /// Whether a rotation of a profile may be open in the daemon's own directory; no lock is taken.
    static func isOpen(_ profile: String, _ configuration: Configuration) -> Bool {
        let path = "\(configuration.stateDirectory)/rotations/\(rotationFileName(of: profile)).json"
        return access(path, F_OK) == 0 || errno != ENOENT
    }
}
