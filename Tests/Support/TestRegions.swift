/// Stand-ins for STS in eu-west-1 and in its partition's main region, with TLS, behind a proxy.
///
/// A client that trusts ``caBundle`` and uses the proxy reaches them by AWS's own host names. The region
/// answers with one fault and the main region with another; nil is one that cannot be reached.
package final class TestRegions: Sendable {
    package let region: FaultServer
    package let main: FaultServer
    package let proxy: FaultProxy
    private let others: [FaultServer]

    /// Starts both servers and the proxy; the global endpoint is the main region's. Further hosts have a
    /// server each.
    package init(
        _ regionFault: Fault?, main mainFault: Fault?, tls: TestCertificate = .valid,
        alsoNamed others: [String: Fault] = [:]
    ) throws {
        region = try FaultServer(regionFault ?? .identity, tls: tls)
        main = try FaultServer(mainFault ?? .identity, trustedLike: region)
        var ports: [String: Int] = [:]
        if regionFault != nil { ports[Self.regionHost] = region.port }
        if mainFault != nil {
            ports[Self.mainHost] = main.port
            ports[Self.globalHost] = main.port
        }
        var servers: [FaultServer] = []
        for (host, fault) in others {
            let server = try FaultServer(fault, trustedLike: region)
            ports[host] = server.port
            servers.append(server)
        }
        self.others = servers
        proxy = try FaultProxy(.route(ports))
    }

    package static let regionHost = "sts.eu-west-1.amazonaws.com"
    package static let mainHost = "sts.us-east-1.amazonaws.com"
    package static let globalHost = "sts.amazonaws.com"

    /// The file with the certificate authority of both servers.
    package var caBundle: String? { region.caBundle }
}
