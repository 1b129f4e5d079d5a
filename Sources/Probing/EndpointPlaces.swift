import HTTP
import Model
import Synchronization

/// What every request to an endpoint has in common.
struct EndpointPlace: Sendable {
    /// The `Host` header.
    var host: HeaderField
    var path: String
}

/// The place that was asked for last: nearly all requests go to the same one.
final class EndpointPlaces: Sendable {
    private let latest = Mutex<(url: String, place: EndpointPlace)?>(nil)

    /// Takes a URL apart, unless it is the latest one.
    func place(of url: String) throws(EndpointAddress.Problem) -> EndpointPlace {
        let known = latest.withLock { $0?.url == url ? $0?.place : nil }
        if let known { return known }
        let address = try EndpointAddress(url)
        let place = EndpointPlace(
            host: HeaderField("Host", address.hostHeader), path: address.path)
        latest.withLock { $0 = (url, place) }
        return place
    }
}
