import Model
import Support
import Testing
import Tracking

@Suite struct TrackerOldKeysTests {
    @Test func `the key that a group leaves is kept with its incident, across a restart`() {
        var world = World.moved(nil)
        world.tracker.noteOldKey("AKIAQNCLJGYSAZAAN74C", of: "g", incident: "incident-1")
        world.finishHook(.exited(code: 0))
        #expect(world.group.incident?.oldKeyID == "AKIAQNCLJGYSAZAAN74C")
        #expect(world.restarted().group.incident?.oldKeyID == "AKIAQNCLJGYSAZAAN74C")
    }

    @Test(arguments: [("g", "another"), ("none", "incident-1")])
    func `another incident, or group, gets no key`(group: String, incident: String) {
        var world = World.moved(nil)
        world.tracker.noteOldKey("AKIAQNCLJGYSAZAAN74C", of: group, incident: incident)
        #expect(world.group.incident?.oldKeyID == nil)
    }
}
