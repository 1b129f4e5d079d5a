import Model

/// Says what kept a request from AWS, or an answer of AWS from here.
func proseOfNetwork(_ cause: Cause, to url: String) -> Prose {
    var prose: Prose
    switch cause {
    case .networkDNS:
        prose = Prose(
            summary: "The host name of \(url) cannot be resolved.",
            remedy: "Check DNS on this machine, and whether the region exists.")
    case .networkConnect:
        prose = Prose(
            summary: "No connection to \(url) can be made.",
            remedy: "Check routes, firewall and VPC endpoint; behind a proxy, set HTTPS_PROXY.")
    case .networkTimeout:
        prose = Prose(
            summary: "\(url) does not answer in time.",
            remedy: "Check the network path; a firewall that drops packets looks like this.")
    case .networkInterrupted:
        prose = Prose(
            summary: "The connection to \(url) broke off before the answer was complete.",
            remedy: "Check the network path, proxies and MTU.")
    case .tls:
        prose = Prose(
            summary: "TLS with \(url) failed: its certificate or the protocol is not accepted.",
            remedy:
                "If a proxy inspects TLS here, name its CA in AWS_CA_BUNDLE; else look at the certificate."
        )
    case .proxy:
        prose = Prose(
            summary: "The proxy on the way to \(url) refused or failed.",
            remedy: "Check HTTPS_PROXY, its user and password, and NO_PROXY.")
    default:
        prose = Prose(
            summary: "Something between this machine and AWS answered in place of \(url).",
            remedy: "Look for a captive portal, a proxy or a wrong endpoint URL.",
            confidence: .likely,
            others: [
                Candidate(
                    .badSetting, "the endpoint URL names a server that is not STS",
                    test: "Without an endpoint URL the answer has an x-amzn-RequestId."),
                Candidate(
                    .awsOutage, "it is an outage of AWS's own, which answers in an unusual form",
                    test: "The AWS Health Dashboard tells, and other networks see the same."),
            ])
    }
    prose.commands = commandsForNetwork(cause, to: url)
    return prose
}
