import HubModel
import Parking
import Testing

@Suite struct DemoParkTests {
    @Test func itsNamesAreThoseOfTheDemoLots() throws {
        let park = try #require(DemoPark.simulator)
        #expect(park.lotID(0) == "LOT001" && park.lots == 3)
        #expect(park.spotID(lot: 0, spot: 0) == "SPOT001")
        // The next lot goes on counting where the one before has ended.
        #expect(park.spotID(lot: 1, spot: 0) == park.spotID(lot: 0, spot: park.sizes[0]))
        #expect(park.controllerID(2) == "LOT003-controller")
    }
}
