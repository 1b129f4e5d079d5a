import HTTP
import Model
import Testing

@testable import Probing

@Suite struct EndpointPlacesTests {
    @Test func givesEachURLItsOwnPlace() throws {
        let places = EndpointPlaces()
        for _ in 0..<2 {
            let plain = try places.place(of: "https://sts.eu-west-1.amazonaws.com")
            #expect(plain.host.value == Array("sts.eu-west-1.amazonaws.com".utf8))
            #expect(plain.path == "/")
            let custom = try places.place(of: "http://127.0.0.1:4566/sts/")
            #expect(custom.host.value == Array("127.0.0.1:4566".utf8))
            #expect(custom.path == "/sts/")
        }
    }

    @Test func refusesABadURLAlsoAfterAGoodOne() throws {
        let places = EndpointPlaces()
        _ = try places.place(of: "https://sts.amazonaws.com")
        #expect(throws: EndpointAddress.Problem.self) { try places.place(of: "sts.amazonaws.com") }
        #expect(try places.place(of: "https://sts.amazonaws.com").path == "/")
    }
}
