/// How a key id differs from one that exists; positions count characters from 1.
enum Typo: Sendable, Hashable {
    /// One or two characters, each with its place.
    case other([Difference])
    /// Two neighbours changed places; the position is the first one's.
    case swapped(position: Int)
    /// One character too many.
    case extra(position: Int, have: Character)
    /// One too few; it belongs at the position.
    case missing(position: Int, should: Character)
    /// Small letters in place of capital ones.
    case letterCase

    struct Difference: Sendable, Hashable {
        var position: Int
        var have: Character
        var should: Character
    }
}

extension Typo: CustomStringConvertible {
    /// A clause: `typo in position 7: you have O, the user's key has 0`.
    var description: String {
        switch self {
        case .other(let differences):
            differences.map {
                "typo in position \($0.position): you have \($0.have), the user's key has \($0.should)"
            }.joined(separator: "; ")
        case .swapped(let position):
            "the characters in positions \(position) and \(position + 1) have changed places"
        case .extra(let position, let have):
            "position \(position) has a character too many: \(have)"
        case .missing(let position, let should):
            "position \(position) lacks a character: \(should)"
        case .letterCase:
            "its letters are small where the user's key has capital ones"
        }
    }
}

/// Says how an id may have come about from the id of a real key; nil when they are too different, or
/// the same.
///
/// Two of sixteen random characters are what a person may get wrong; two keys that somebody made differ
/// in nearly all.
func typo(in id: String, for real: String) -> Typo? {
    let (have, should) = (Array(id), Array(real))
    guard have != should, (16...128).contains(should.count), abs(have.count - should.count) <= 1
    else { return nil }
    let start = zip(have, should).prefix { $0 == $1 }.count
    let end = zip(have.reversed(), should.reversed()).prefix { $0 == $1 }.count
    if have.count == should.count + 1 {
        return start + end >= should.count
            ? .extra(position: start + 1, have: have[start]) : nil
    }
    if have.count + 1 == should.count {
        return start + end >= have.count
            ? .missing(position: start + 1, should: should[start]) : nil
    }
    let differences = have.indices.filter { have[$0] != should[$0] }
    if differences.count == 2, differences[1] == differences[0] + 1,
        have[differences[0]] == should[differences[1]],
        have[differences[1]] == should[differences[0]]
    {
        return .swapped(position: differences[0] + 1)
    }
    if differences.count <= 2 {
        return .other(
            differences.map {
                Typo.Difference(position: $0 + 1, have: have[$0], should: should[$0])
            })
    }
    return id.uppercased() == real ? .letterCase : nil
}
