/// What is wrong with the name of a region to the eye, and which one may be meant.
package struct RegionSlip: Sendable, Hashable {
    /// A clause about the name: `it is the name of an availability zone`.
    package var what: String
    /// The region that is probably meant; nil when nobody can tell.
    package var meant: String?

    /// Nil for a name that has the form of a region or of what stands for one, known or not.
    package init?(_ text: String) {
        let text = text.utf8.count <= 64 ? text : String(text.prefix(64))
        guard !text.isEmpty, !hasFormOfRegion(text), !isSpecial(text) else { return nil }
        if let letter = text.utf8.last, (0x61...0x7A).contains(letter),
            hasFormOfRegion(text.dropLast())
        {
            what = "it is the name of an availability zone"
            meant = String(text.dropLast())
            return
        }
        let plain = plainForm(text)
        meant =
            regionsByName[plain] ?? regionsByPlainForm[plain]
            ?? regionsByPlainForm[String(plain.dropLast())]
        what = meant == nil ? "it does not have the form of a region" : "no region is named so"
    }
}

/// Whether a region is one that was known when this was written.
package func isKnownRegion(_ text: String) -> Bool { knownRegions.contains(text) }

/// Says whether a name has the form that regions have: `eu-central-1`, `us-gov-west-1`.
private func hasFormOfRegion(_ text: some StringProtocol) -> Bool {
    let parts = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
    guard parts.count >= 3, let number = parts.last, (1...2).contains(number.count),
        number.allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    return parts.dropLast().allSatisfy { part in
        part.count >= 2 && part.allSatisfy { (0x61...0x7A).contains($0) }
    }
}

/// Says whether a name stands for no single region, or is one that emulators have.
private func isSpecial(_ text: String) -> Bool {
    text.hasSuffix("-global") || text.hasPrefix("fips-") || text.hasSuffix("-fips")
        || text == "local" || text == "localhost" || text == "auto"
}

/// A name without what people put between its parts, in small letters.
private func plainForm(_ text: String) -> String {
    String(
        decoding: text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case 0x61...0x7A, 0x30...0x39: byte
            default: nil
            }
        }, as: UTF8.self)
}

private let knownRegions: Set = [
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
    "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
    "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1",
    "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "eusc-de-east-1",
]

private let regionsByPlainForm = Dictionary(
    knownRegions.map { (plainForm($0), $0) }, uniquingKeysWith: { first, _ in first })

/// What the console calls the older regions.
private let regionsByName = [
    "virginia": "us-east-1", "nvirginia": "us-east-1", "northernvirginia": "us-east-1",
    "useastnvirginia": "us-east-1", "ohio": "us-east-2", "california": "us-west-1",
    "ncalifornia": "us-west-1", "oregon": "us-west-2", "frankfurt": "eu-central-1",
    "eufrankfurt": "eu-central-1", "ireland": "eu-west-1", "euireland": "eu-west-1",
    "london": "eu-west-2", "paris": "eu-west-3", "stockholm": "eu-north-1", "milan": "eu-south-1",
    "zurich": "eu-central-2", "spain": "eu-south-2", "mumbai": "ap-south-1",
    "singapore": "ap-southeast-1", "sydney": "ap-southeast-2", "tokyo": "ap-northeast-1",
    "seoul": "ap-northeast-2", "osaka": "ap-northeast-3", "hongkong": "ap-east-1",
    "jakarta": "ap-southeast-3", "melbourne": "ap-southeast-4", "canada": "ca-central-1",
    "saopaulo": "sa-east-1", "capetown": "af-south-1", "bahrain": "me-south-1",
    "uae": "me-central-1", "telaviv": "il-central-1", "beijing": "cn-north-1",
    "ningxia": "cn-northwest-1",
]
