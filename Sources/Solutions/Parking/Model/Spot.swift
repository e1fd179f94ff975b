package import DeviceLogic
package import HubModel
internal import SolutionKit

/// What a spot is for.
package enum SpotKind: String, CaseIterable, Sendable {
    case standard, disabled, ev, family, motorcycle
}

/// What people are told of a spot.
package enum SpotStatus: String, CaseIterable, Sendable {
    case free, occupied, reserved
    case outOfService = "out_of_service"
    /// Nothing has been heard of it for too long, or never.
    case unknown
}

/// What lights up over a spot.
public enum LEDColor: String, CaseIterable, Sendable {
    case green, blue, red, amber, off
    case redBlink = "red_blink"
}

/// Which part of a report decides.
package enum SpotSignal: String, CaseIterable, Sendable {
    /// `occupied`; the distance only where that is missing.
    case flag
    /// `distance`, with threshold and hysteresis.
    case distance
}

/// How a spot's sensor is read: by the rules of DeviceLogic, which a sensor's own program can go by as well.
package struct SensorSettings: Hashable, Sendable {
    /// Which part of a report decides.
    package var decides = SpotSignal.flag
    /// What a distance means.
    package var threshold = OccupancyThreshold()
    /// How long a change back must last to count, in milliseconds.
    package var debounceMilliseconds = DebouncedState.usualMilliseconds

    package init(
        decides: SpotSignal = .flag, thresholdCentimetres: Double = OccupancyThreshold().centimetres,
        hysteresisCentimetres: Double = OccupancyThreshold().hysteresisCentimetres,
        debounceMilliseconds: Int64 = DebouncedState.usualMilliseconds
    ) {
        self.decides = decides
        threshold = OccupancyThreshold(
            centimetres: thresholdCentimetres, hysteresisCentimetres: hysteresisCentimetres)
        self.debounceMilliseconds = debounceMilliseconds
    }

    /// Below this the spot is occupied, cm.
    package var thresholdCentimetres: Double {
        get { threshold.centimetres }
        set { threshold.centimetres = newValue }
    }

    /// Width of the band around the threshold in which nothing changes, cm.
    package var hysteresisCentimetres: Double {
        get { threshold.hysteresisCentimetres }
        set { threshold.hysteresisCentimetres = newValue }
    }
}

/// Where a spot is.
struct SpotPlace: Hashable, Sendable {
    /// What people read on it; the id if nothing else was said.
    var label: String
    /// The level: `0`, `-1`, `P2`.
    var level = "0"
    /// A part of the level; nil if it has none.
    var zone: String?
    /// Metres from the plan's upper left corner to the spot's middle; nil if it is not placed.
    var x: Double?
    var y: Double?
    /// Degrees, clockwise.
    var rotation = 0.0
}

/// What a person decided against the sensor.
package struct Override: Hashable, Sendable {
    /// Whether the spot counts as occupied.
    package var isOccupied: Bool
    /// When it ends by itself; nil: never.
    package var until: Timestamp?
    /// Who decided it.
    package var by: String
    package var at: Timestamp

    package init(isOccupied: Bool, until: Timestamp?, by: String, at: Timestamp) {
        self.isOccupied = isOccupied
        self.until = until
        self.by = by
        self.at = at
    }
}

/// A spot: where it is, what it is for, and what is known of it.
struct Spot: Hashable, Sendable {
    var facts: SpotFacts
    var place: SpotPlace
    var state: SpotState
    /// The clock by which its sensor stamps what it says, as far as it is known.
    var clock = DeviceClock()
    /// The MQTT client that spoke for it last; it is sent the LED's colour again when it subscribes.
    var clientID: String?
    /// The colour that its LED was told last; nil: none yet.
    var sentColor: LEDColor?

    var id: DeviceID { facts.id }
    var lot: LotID { facts.lot }

    /// The status as an honest reader shows it: what has fallen silent is unknown, also when the line has not yet come to say so.
    func status(at now: Timestamp) -> SpotStatus {
        state.isSilent(at: now) ? .unknown : state.status
    }

    /// Since when it has the status that `status(at:)` gives.
    func since(at now: Timestamp) -> Timestamp {
        guard status(at: now) != state.status, let heardAt = state.heardAt else { return state.statusSince }
        return max(state.statusSince, state.silence.end(after: heardAt))
    }
}
