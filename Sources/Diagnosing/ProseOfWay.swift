import Linting
import Model

/// What the settings have to do with a request that did not reach AWS.
extension Subject {
    /// Says what kept a request from AWS, and which setting may have sent it elsewhere.
    func proseOfWay(_ cause: Cause, to url: String) -> Prose {
        var prose = proseOfNetwork(cause, to: url)
        let endpoint = resolved.endpoint
        if url == endpoint.value.url, let place = placeOfForeignEndpoint {
            prose.remedy =
                "That endpoint is not AWS's: \(place) sets it. If it is left over from an emulator or another store, remove it there; else see why it does not answer as AWS does."
            prose.commands = commandsToRemove(place) + prose.commands
            prose.confidence = .likely
            prose.others.removeAll { $0.cause == .badSetting || $0.cause == .awsOutage }
            prose.others.insert(
                Candidate(
                    .badSetting, "the endpoint URL is left over, and AWS itself is meant",
                    test: "Without the endpoint URL the check passes."), at: 0)
        } else if cause == .networkDNS, !isKnownRegion(resolved.region.value) {
            name(theRegionIn: &prose)
        }
        return prose
    }

    /// Where an endpoint that is not AWS's is set, unless that is credwatch's own configuration, which means it.
    var placeOfForeignEndpoint: Provenance? {
        let place = resolved.endpoint.provenance
        switch place {
        case .configuration, .builtIn: return nil
        case .file, .environment: break
        }
        return Partition(ofHost: String(host(of: resolved.endpoint.value.url))) == nil ? place : nil
    }

    /// Says that the host may not exist because the region does not.
    private func name(theRegionIn prose: inout Prose) {
        let (region, place) = (resolved.region.value, resolved.region.provenance)
        prose.confidence = .likely
        guard let slip = RegionSlip(region) else {
            prose.others.append(
                Candidate(
                    .badSetting, "there is no region \(region) (\(place))",
                    test: "AWS's list of regions has it or not."))
            return
        }
        let meant = slip.meant.map { "; perhaps \($0) is meant" } ?? ""
        prose.summary += " There is no region \(region): \(slip.what)\(meant)."
        prose.remedy = "Correct the region where \(place) sets it\(meant)."
        prose.commands = commandsToSee(place) + commandsToEdit(place) + prose.commands
        prose.others.append(
            Candidate(
                .badSetting, "the region is mistyped, and only that is wrong",
                test: "The name of another region's endpoint can be resolved."))
    }
}
