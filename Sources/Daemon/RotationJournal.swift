import FailingOver
import Model
import Rotating

/// The journal of a profile's rotation, with its lock for as long as this lives.
final class RotationJournal: Sendable {
    private let store: RotationStore
    private let name: String
    private let lock: RotationStore.Lock

    /// Opens the journal, and keeps everybody else from it.
    init(_ profile: String, _ configuration: Configuration) throws(RotationStop) {
        name = rotationFileName(of: profile)
        do throws(StateProblem) {
            let store = try RotationStore(stateDirectory: configuration.stateDirectory)
            lock = try store.lock(name)
            self.store = store
        } catch {
            if case .locked = error {
                throw RotationStop(.refused, "Another rotation of \(profile) is under way.")
            }
            throw RotationStop(
                .refused, "\(error.description) Every step has to be noted there beforehand.")
        }
    }

    /// Reads what was noted last; nil when no rotation is open.
    func load() throws(RotationStop) -> RotationRecord? {
        do throws(StateProblem) {
            guard let bytes = try store.load(name) else { return nil }
            do throws(RotationFormatProblem) {
                return try decodeRotation(bytes)
            } catch {
                throw StateProblem.unreadable(path: "rotations/\(name).json", reason: error.reason)
            }
        } catch {
            throw RotationStop(
                .refused, "\(error.description) Nothing is done while it says what is open.")
        }
    }

    /// Notes what comes next; when this returns, it survives a power cut.
    func save(_ record: RotationRecord) throws(RotationStop) {
        do throws(StateProblem) {
            try store.save(encodeRotation(record), name)
        } catch {
            guard record.newKeyID != nil else { throw RotationStop(.refused, error.description) }
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
