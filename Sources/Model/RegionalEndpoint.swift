extension Partition {
    /// The URL of a region's STS; the ordinary endpoints of the US government's regions are FIPS ones.
    package func stsURL(in region: String, isFIPS: Bool = false, isDualStack: Bool = false)
        -> String
    {
        let isOrdinary = !isFIPS || (id == "aws-us-gov" && !isDualStack)
        let suffix = isDualStack ? dualStackSuffix : dnsSuffix
        return "https://sts\(isOrdinary ? "" : "-fips").\(region).\(suffix)"
    }
}

/// The endpoints that may be asked for a second opinion about a refusal.
package struct OpinionEndpoints: Sendable, Hashable {
    /// The one of the profile's own region, where another one of AWS's is configured: the global one, one
    /// of another region, an interface endpoint of a VPC.
    package var regional: Endpoint?
    /// The one of the partition's main region, unless one of the others is that already.
    package var main: Endpoint?

    package init(regional: Endpoint? = nil, main: Endpoint? = nil) {
        self.regional = regional
        self.main = main
    }
}

extension ResolvedProfile {
    /// Works out who else may be asked when the endpoint refuses.
    ///
    /// Nobody may where the endpoint is not AWS's: an emulator's keys are its own. Not kept with the
    /// profile, since only refusals need it.
    package var opinionEndpoints: OpinionEndpoints {
        let host = hostName(of: endpoint.value.url)
        let partition = Partition(ofRegion: region.value)
        guard Partition(ofHost: host)?.id == partition.id,
            endpoint.value.partition == partition.id
        else { return OpinionEndpoints(main: mainEndpoint) }
        var name = region.value
        if name.hasPrefix("fips-") { name.removeFirst(5) }
        if name.hasSuffix("-fips") { name.removeLast(5) }
        if name == partition.pseudoRegion { name = partition.mainRegion }
        let isOfMain = name == partition.mainRegion
        // What has to be FIPS, or to go over IPv6, has to in another region, too.
        let isFIPS = host.holds("-fips.")
        let isDualStack = host.hasSuffix("." + partition.dualStackSuffix)
        func sts(in region: String) -> Endpoint {
            Endpoint(
                url: partition.stsURL(in: region, isFIPS: isFIPS, isDualStack: isDualStack),
                signingRegion: region, partition: partition.id)
        }
        let regional = sts(in: name)
        let main = mainEndpoint ?? (isOfMain ? nil : sts(in: partition.mainRegion))
        if regional.url == "https://" + host { return OpinionEndpoints(main: main) }
        // The global endpoint is the main region's.
        guard host == "sts." + partition.dnsSuffix else {
            return OpinionEndpoints(regional: regional, main: main)
        }
        return OpinionEndpoints(regional: isOfMain ? nil : regional)
    }
}

/// The host of a URL without its port, in small letters.
private func hostName(of url: String) -> String {
    let authority = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
    return authority.prefix { $0 != ":" }.lowercased()
}
