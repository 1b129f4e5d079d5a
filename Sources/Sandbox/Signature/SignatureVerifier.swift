import Model

/// A verifier of SigV4 signatures, with AWS's texts for what is wrong.
struct SignatureVerifier: Sendable {
    /// The service's clock.
    var now: WallTime
    var service: Service
    /// The partition's region of services that have only one, like IAM.
    static let globalRegions: Set = ["us-east-1", "cn-north-1", "us-gov-west-1"]

    /// Checks scope, date and signature of a request against the secret of its key.
    ///
    /// Throws `SignatureDoesNotMatch` with the text for the first thing that is wrong, dates before
    /// the signature itself.
    func verify(
        _ request: HTTPRequest, _ presented: PresentedSignature, secret: Secret
    ) throws(ServiceFault) {
        try checkScope(presented)
        try checkDate(presented)
        guard presented.signedHeaders.contains("host") else {
            throw .signatureDoesNotMatch(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization header.")
        }
        let canonical = CanonicalRequest.bytes(
            of: request, signedHeaders: presented.signedHeaders,
            signatureInQuery: presented.place == .query)
        let text =
            Array("AWS4-HMAC-SHA256\n\(presented.date)\n\(presented.scope)\n".utf8)
            + Digest.hex(Digest.sha256(canonical))
        let expected = Digest.hex(Digest.hmac(key: Self.key(secret, presented), text))
        guard Digest.areEqual(expected, presented.signature) else { throw .wrongSignature }
    }

    private static func key(_ secret: Secret, _ presented: PresentedSignature) -> [UInt8] {
        let first = secret.withBytes { Array("AWS4".utf8) + Array($0) }
        return [presented.scopeDate, presented.region, presented.service, presented.terminator]
            .reduce(first) { Digest.hmac(key: $0, Array($1.utf8)) }
    }

    private func checkScope(_ presented: PresentedSignature) throws(ServiceFault) {
        guard presented.terminator == "aws4_request" else {
            throw .signatureDoesNotMatch(
                "Credential should be scoped with a valid terminator: 'aws4_request', "
                    + "not '\(presented.terminator)'.")
        }
        guard presented.service == service.rawValue else {
            throw .signatureDoesNotMatch(
                "Credential should be scoped to correct service: '\(service.rawValue)'. ")
        }
        let isValid =
            service == .iam
            ? Self.globalRegions.contains(presented.region) : Self.isRegion(presented.region)
        guard isValid else {
            throw .signatureDoesNotMatch("Credential should be scoped to a valid region. ")
        }
        guard presented.scopeDate == presented.date.prefix(8) else {
            throw .signatureDoesNotMatch(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                    + "from HTTP: '\(presented.scopeDate)' != '\(presented.date.prefix(8))', "
                    + "from '\(presented.date)'.")
        }
    }

    private func checkDate(_ presented: PresentedSignature) throws(ServiceFault) {
        // STS takes presigned URLs for 15 minutes, whatever X-Amz-Expires says.
        let past: Int64 = presented.place == .query ? 15 : 5
        let earliest = WallTime(seconds: now.seconds - past * 60)
        let latest = WallTime(seconds: now.seconds + 5 * 60)
        if presented.time < earliest {
            throw .signatureDoesNotMatch(
                "Signature expired: \(presented.date) is now earlier than "
                    + "\(earliest.basicISO8601) (\(now.basicISO8601) - \(past) min.)")
        }
        if presented.time > latest {
            throw .signatureDoesNotMatch(
                "Signature not yet current: \(presented.date) is still later than "
                    + "\(latest.basicISO8601) (\(now.basicISO8601) + 5 min.)")
        }
    }

    /// Says whether a text has the form of a region: letters in groups, a number at the end.
    static func isRegion(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.count <= 5, let number = groups.last else { return false }
        return number.utf8.count == 1 && number.utf8.allSatisfy { (0x31...0x39).contains($0) }
            && groups.dropLast().allSatisfy { group in
                (1...12).contains(group.utf8.count)
                    && group.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            }
    }
}
