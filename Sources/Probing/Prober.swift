package import HTTP
package import Model
package import Signing

/// A caller of `sts:GetCallerIdentity` with credentials that are to be checked.
package struct Prober: Sendable {
    private let transport: any Transport
    private let signer: Signer
    private let clock: @Sendable () -> WallTime
    private let places = EndpointPlaces()

    /// Makes a prober; `clock` gives the time that requests are signed with.
    package init(
        transport: any Transport, signer: Signer = Signer(),
        clock: @escaping @Sendable () -> WallTime
    ) {
        self.transport = transport
        self.signer = signer
        self.clock = clock
    }

    /// Asks an endpoint whose credentials these are.
    ///
    /// Never throws: a request that got no whole answer is an outcome too. It takes `timeout` at most,
    /// of which lookup, connection and TLS may use three quarters: more than the 5 seconds after which
    /// a resolver turns to its second name server, with the default of 10.
    package func probe(
        _ credentials: Credentials, at endpoint: Endpoint, timeout: Duration
    ) async -> ProbeOutcome {
        let place: EndpointPlace
        do {
            place = try places.place(of: endpoint)
        } catch {
            return .failed(.setup(error.reason))
        }
        let start = clock()
        var request = HTTPRequest(
            method: .post, url: endpoint.url,
            headers: signer.sign(
                place.template, at: start, credentials: SigningCredentials(credentials)),
            body: EndpointPlace.body, connectTimeout: timeout.threeQuarters, timeout: timeout)
        request.isRepeatable = true
        do {
            let response = try await transport.send(request)
            return ProbeOutcome(reading: response, skew: response.skew(from: start))
        } catch {
            return .failed(error)
        }
    }
}
