import HTTP
import Model
import Signing
import Synchronization

/// What every request to an endpoint has in common.
final class EndpointPlace: Sendable {
    let template: SigningTemplate

    init(_ endpoint: Endpoint) throws(EndpointAddress.Problem) {
        let address = try EndpointAddress(endpoint.url)
        // The form's content type is the transport's own, and need not be signed: libcurl writes each byte
        // of a header that it is given with a hundred instructions.
        let headers = [
            HeaderField("Host", address.hostHeader), .userAgent,
        ]
        template = SigningTemplate(
            SigningRequest(
                method: "POST", path: address.path, headers: headers, body: Self.body),
            region: endpoint.signingRegion, service: "sts")
    }

    static let body = Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)
}

/// The places that were asked lately; nearly all requests go to one of a handful.
final class EndpointPlaces: Sendable {
    private struct Known: Sendable {
        var places: [Endpoint: EndpointPlace] = [:]
        /// The one that was asked for last, found without a hash.
        var latest: (endpoint: Endpoint, place: EndpointPlace)?
    }

    private let known = Mutex(Known())
    private static let limit = 64

    /// Takes an endpoint apart, unless it is known.
    func place(of endpoint: Endpoint) throws(EndpointAddress.Problem) -> EndpointPlace {
        let found = known.withLock { known -> EndpointPlace? in
            if let latest = known.latest, latest.endpoint == endpoint { return latest.place }
            guard let place = known.places[endpoint] else { return nil }
            known.latest = (endpoint, place)
            return place
        }
        if let found { return found }
        let place = try EndpointPlace(endpoint)
        known.withLock { known in
            if known.places.count >= Self.limit { known.places = [:] }
            known.places[endpoint] = place
            known.latest = (endpoint, place)
        }
        return place
    }
}
