import HubModel
import Registry
import SQL
import SolutionKit
import Testing
import Trust

@Suite struct DevicesRightsTests {
    private let rights = DeviceRights([Spots(), Boards()])

    @Test func aDeviceMaySpeakUnderItsOwnNameAndUnderThoseItControls() throws {
        let one = try #require(DeviceID("SPOT001"))
        let two = try #require(DeviceID("SPOT002"))
        #expect(rights.grants(of: one, kind: .parking).publish == ["spot/SPOT001/status", "spot/all"])
        #expect(
            rights.grants(of: one, kind: .parking, controlling: [ControlledDevice(id: two, kind: .parking)])
                == TopicGrants(
                    publish: ["spot/SPOT001/status", "spot/all", "spot/SPOT002/status"],
                    subscribe: ["spot/SPOT001/led", "spot/SPOT002/led"]))
    }

    @Test func theControllersOfOtherKindsSpeakOnThoseTopicsOnly() throws {
        let board = try #require(DeviceID("node_7"))
        let spot = try #require(DeviceID("SPOT1"))
        let grants = rights.grants(of: board, kind: .node, controlling: [ControlledDevice(id: spot, kind: .parking)])
        #expect(grants.publish == ["board/node_7/status", "board/7/status", "spot/SPOT1/status", "spot/all"])
    }

    @Test func aKindThatNoSolutionKnowsMayDoNothing() throws {
        #expect(rights.grants(of: try #require(DeviceID("m")), kind: .module) == .none)
        #expect(Set(rights.kinds) == [.node, .parking])
    }

    @Test func theTopicTellsTheKind() {
        #expect(rights.kind(publishing: ["spot", "anything", "status"]) == .parking)
        #expect(rights.kind(publishing: ["board", "7", "status"]) == .node)
        #expect(rights.kind(publishing: ["board", "7"]) == nil)
        #expect(rights.kind(publishing: ["board", "7", "status", "more"]) == nil)
        #expect(rights.kind(publishing: []) == nil)
    }

    /// Boards that may say anything, and be called anything.
    private struct Loud: Solution {
        let manifest = SolutionManifest(
            id: "loud", title: "Loud", path: "/loud", kinds: [Declared(.node, "Board")], topics: ["#"],
            rights: [TopicRights(.node, publish: ["#", "loud/{device_id}"], subscribe: [])], permissions: [],
            grants: [], needs: .viewNodes)

        func spellings(of device: DeviceID) -> [String] { [device.text, "+", "#", "a/b", ""] }
    }

    @Test func aTopicOfTwoKindsTellsNone() {
        let rights = DeviceRights([Spots(), Loud()])
        #expect(rights.kind(publishing: ["spot", "anything", "status"]) == nil)
        #expect(rights.kind(publishing: ["board", "anything"]) == .node)
        #expect(rights.kind(publishing: ["$SYS", "anything"]) == nil, "`#` is not what begins with `$`")
    }

    @Test func aSpellingThatWouldMeanMoreThanOneDeviceIsLeftOut() throws {
        let grants = DeviceRights([Loud()]).grants(of: try #require(DeviceID("B1")), kind: .node)
        #expect(grants.publish == ["#", "loud/B1"])
    }
}
