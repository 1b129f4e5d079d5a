import Testing

@testable import Diagnosing

@Suite struct TypoTests {
    private static let real = "AKIAQNCLJGYSAZAAN74C"

    @Test(arguments: [
        ("AKIAQNCLJGYSAZAAN740", "typo in position 20: you have 0, the user's key has C"),
        ("AKlAQNCLJGYSAZAAN74C", "typo in position 3: you have l, the user's key has I"),
        (
            "AKIAQNC1JGYSAZAAN7AC",
            "typo in position 8: you have 1, the user's key has L; typo in position 19: you have A, the user's key has 4"
        ),
        (
            "AKIANQCLJGYSAZAAN74C",
            "the characters in positions 5 and 6 have changed places"
        ),
        ("AKIAQNCLJGYSAZAAAN74C", "position 17 has a character too many: A"),
        ("AKIAQNCLJGYSAZAAN74CX", "position 21 has a character too many: X"),
        ("AKIAQNCLJGYSAZAN74C", "position 16 lacks a character: A"),
        ("KIAQNCLJGYSAZAAN74C", "position 1 lacks a character: A"),
        ("AKIAQNCLJGYSAZAAN74", "position 20 lacks a character: C"),
        ("akiaqncljgysazaan74c", "its letters are small where the user's key has capital ones"),
    ])
    func `a typo is found and named`(id: String, text: String) {
        #expect(typo(in: id, for: Self.real)?.description == text)
    }

    @Test(arguments: [
        TypoTests.real, "AKIASP2TPHJSQH3FJXYZ", "", "AKIA", "AKIAQNC1JGYSAZAAN7AX",
        "AKIAQNCLJGYSAZAAN7", "AKIAQNCLJGYSAZAAN74CXX", "AKIANQCLJGYSAZAAN7C4",
    ])
    func `what differs more, or not at all, is no typo`(id: String) {
        #expect(typo(in: id, for: Self.real) == nil)
    }

    @Test func `every single slip is found, whatever its place`() {
        let real = Array(Self.real)
        for place in real.indices {
            var other = real
            other[place] = "1"
            #expect(typo(in: String(other), for: Self.real) != nil)
            var short = real
            short.remove(at: place)
            #expect(typo(in: String(short), for: Self.real) != nil)
            var long = real
            long.insert("9", at: place)
            guard case .extra(place + 1, "9") = typo(in: String(long), for: Self.real) else {
                Issue.record("\(place)")
                continue
            }
            if place + 1 < real.count, real[place] != real[place + 1] {
                var swapped = real
                swapped.swapAt(place, place + 1)
                #expect(
                    typo(in: String(swapped), for: Self.real) == .swapped(position: place + 1))
            }
        }
    }
}
