import HTTP
import Model
import Signing
import Testing

@testable import Probing

@Suite struct EndpointPlacesTests {
    private let credentials = SigningCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("made/up"))

    private func endpoint(_ url: String, region: String = "us-east-1") -> Endpoint {
        Endpoint(url: url, signingRegion: region, partition: "aws")
    }

    private func headers(_ place: EndpointPlace) -> [String: String] {
        let all = Signer().sign(
            place.template, at: WallTime(seconds: 1_440_938_160), credentials: credentials)
        return Dictionary(
            all.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) },
            uniquingKeysWith: { $1 })
    }

    @Test func givesEachEndpointItsOwnPlace() throws {
        let places = EndpointPlaces()
        for _ in 0..<2 {
            let plain = headers(
                try places.place(
                    of: endpoint("https://sts.eu-west-1.amazonaws.com", region: "eu-west-1")))
            #expect(plain["Host"] == "sts.eu-west-1.amazonaws.com")
            #expect(plain["Authorization"]?.contains("/eu-west-1/sts/aws4_request") == true)
            let custom = headers(try places.place(of: endpoint("http://127.0.0.1:4566/sts/")))
            #expect(custom["Host"] == "127.0.0.1:4566")
            #expect(custom["Authorization"]?.contains("/us-east-1/sts/aws4_request") == true)
        }
    }

    @Test func forgetsRatherThanGrows() throws {
        let places = EndpointPlaces()
        for number in 0..<200 {
            let place = try places.place(of: endpoint("http://127.0.0.1:\(number + 1)"))
            #expect(headers(place)["Host"]?.hasPrefix("127.0.0.1") == true)
        }
    }

    @Test func refusesABadURLAlsoAfterAGoodOne() throws {
        let places = EndpointPlaces()
        let good = try places.place(of: endpoint("https://sts.amazonaws.com"))
        #expect(throws: EndpointAddress.Problem.self) {
            try places.place(of: endpoint("sts.amazonaws.com"))
        }
        #expect(try places.place(of: endpoint("https://sts.amazonaws.com")) === good)
    }
}
