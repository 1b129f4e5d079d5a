import Testing

@testable import Resolving

@Suite struct NearestNamesTests {
    @Test func ofFewNamesAllAreGiven() {
        let names = ["staging", "production", "dev"]
        #expect(nearestNames(to: "dve", in: names) == ["dev", "staging", "production"])
    }

    @Test(arguments: [
        ("aap", ["app"]), ("APP", ["app"]), ("ap", ["app"]), ("paymnets", ["payments"]),
        ("payments-pro", ["payments-prod", "payments"]), ("zzzzzz", []),
        ("pay", ["payments", "payments-prod"]),
    ])
    func many(_ wanted: String, _ expected: [String]) {
        let names = [
            "app", "payments", "payments-prod", "billing", "search", "warehouse", "ingest",
            "default",
        ]
        #expect(nearestNames(to: wanted, in: names) == expected)
    }

    @Test func nearestComesFirstAndFiveAreEnough() {
        let names = (0..<100).map { "profile-\($0)" }
        let nearest = nearestNames(to: "profile-100", in: names)
        #expect(nearest.count == 5)
        #expect(nearest.first == "profile-10")
    }

    @Test func longAndEmptyNames() {
        let long = String(repeating: "x", count: 100_000)
        #expect(nearestNames(to: long, in: [long + "y"]) == [long + "y"])
        #expect(nearestNames(to: "", in: ["a", ""]) == ["", "a"])
        #expect(nearestNames(to: "a", in: [] as [String]).isEmpty)
    }
}
