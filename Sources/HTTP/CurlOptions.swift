/// How a ``CurlTransport`` reaches servers, and how far it trusts them.
package struct CurlOptions: Sendable {
    /// Where the proxy comes from.
    package enum Proxy: Sendable, Hashable {
        /// `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, as libcurl reads them.
        case environment
        /// Every connection is made directly.
        case none
        /// One proxy for all.
        case url(String)
    }

    /// The file, or folder, of `AWS_CA_BUNDLE`; nil for the certificates of the system.
    package var caBundle: String?
    /// The certificates of the system.
    package var systemTrust: SystemTrust
    package var proxy: Proxy
    /// Connects elsewhere, by libcurl's rules `HOST:PORT:OTHER-HOST:OTHER-PORT`; for tests.
    package var connectTo: [String]
    /// How many connections, and handles of libcurl, are kept between requests.
    ///
    /// At least as many as are used at the same time, or each one more costs a TLS handshake.
    package var idleConnections: Int
    /// The largest answer that is read, in bytes.
    package var largestAnswer: Int
    /// Whether answers tell how their connections came about, for a report to people.
    package var measuresPhases: Bool

    package init(
        caBundle: String? = nil, systemTrust: SystemTrust = .ofLibcurl,
        proxy: Proxy = .environment, connectTo: [String] = [],
        idleConnections: Int = 64, largestAnswer: Int = 1 << 20,
        measuresPhases: Bool = false
    ) {
        self.caBundle = caBundle
        self.systemTrust = systemTrust
        self.proxy = proxy
        self.connectTo = connectTo
        self.idleConnections = idleConnections
        self.largestAnswer = largestAnswer
        self.measuresPhases = measuresPhases
    }
}
