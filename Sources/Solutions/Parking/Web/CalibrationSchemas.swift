internal import HubModel
internal import SolutionKit

/// The shapes of what calibration takes and gives.
enum CalibrationSchemas {
    private static let cluster = JSONSchema.nullable(
        .object([
            .required("samples", .count), .required("mean_cm", .number), .required("spread_cm", .number),
            .required("low_cm", .number), .required("high_cm", .number),
        ]))
    private static let setting = JSONSchema.object([
        .required("threshold_cm", .number), .required("hysteresis_cm", .number),
    ])

    static let answer = JSONSchema.object([
        .required("lot_id", .identifier),
        .required("days", .count),
        .required(
            "spots",
            .array(
                .object([
                    .required("spot_id", .identifier),
                    .required("label", .text),
                    .required("samples", .count),
                    .required("decides", .words(SpotSignal.allCases.map(\.rawValue))),
                    .required("current", setting),
                    .required("proposal", .nullable(setting), "null: not both empty and occupied are known"),
                    .required("occupied", cluster, "Distances of a spot with a car"),
                    .required("free", cluster, "Distances of an empty spot"),
                    .required(
                        "flags",
                        .array(
                            .object([
                                .required("flag", .words(["drift", "dirty", "stuck", "blocked", "swapped"])),
                                .required("detail", .text),
                                .optional("centimetres", .number),
                                .optional("share", .number),
                                .optional("hours", .number),
                                .optional("with", .identifier),
                            ])), "What a person should look at"),
                    .required(
                        "incomplete", .boolean,
                        "Whether reports of its time are lost or out of reach; the proposal rests on the others"),
                ]))),
        .next(),
        .required(
            "incomplete", .gaps,
            "Parts of the time of which reports of these spots are damaged, lost or out of reach; empty when all is whole"
        ),
    ])

    static let request = JSONSchema.object([
        .required(
            "spots",
            .array(
                .object([
                    .required("spot_id", .identifier), .required("threshold_cm", .number),
                    .required("hysteresis_cm", .number),
                    .optional("decides", .words(SpotSignal.allCases.map(\.rawValue))),
                ])))
    ])

    static let applied = JSONSchema.object([.required("applied", .count)])
}

extension JSONWriter {
    /// Writes what is proposed for a spot.
    mutating func write(_ calibration: Calibration, of spot: Spot) {
        beginObject()
        member("spot_id", spot.id.text)
        member("label", spot.place.label)
        member("samples", calibration.samples)
        member("decides", spot.state.settings.decides.rawValue)
        key("current")
        writeSetting(spot.state.settings.thresholdCentimetres, spot.state.settings.hysteresisCentimetres)
        key("proposal")
        if let threshold = calibration.threshold, let hysteresis = calibration.hysteresis {
            writeSetting(threshold, hysteresis)
        } else {
            null()
        }
        key("occupied")
        write(calibration.occupied)
        key("free")
        write(calibration.free)
        key("flags")
        beginArray()
        for flag in calibration.flags { write(flag) }
        endArray()
        member("incomplete", !calibration.gaps.isEmpty)
        endObject()
    }

    private mutating func writeSetting(_ threshold: Double, _ hysteresis: Double) {
        beginObject()
        key("threshold_cm")
        number(threshold)
        key("hysteresis_cm")
        number(hysteresis)
        endObject()
    }

    private mutating func write(_ cluster: DistanceCluster?) {
        guard let cluster else { return null() }
        beginObject()
        member("samples", cluster.count)
        for (name, value) in [
            ("mean_cm", cluster.mean), ("spread_cm", cluster.spread), ("low_cm", cluster.low),
            ("high_cm", cluster.high),
        ] {
            key(name)
            number((value * 10).rounded() / 10)
        }
        endObject()
    }

    private mutating func write(_ flag: Calibration.Flag) {
        beginObject()
        key("flag")
        switch flag {
        case .drift(let centimetres):
            string("drift")
            member("detail", "It measures otherwise than it did.")
            key("centimetres")
            number(centimetres)
        case .dirty(let centimetres):
            string("dirty")
            member(
                "detail", "The empty spot measures less and less, and cars do not: something grows before the sensor.")
            key("centimetres")
            number(centimetres)
        case .stuck(let centimetres):
            string("stuck")
            member("detail", "It measures the same again and again; a sensor that works never does that for so long.")
            key("centimetres")
            number(centimetres)
        case .blocked(let share):
            string("blocked")
            member("detail", "It measures little while it says that the spot is free: dirt or snow before the sensor.")
            key("share")
            number((share * 100).rounded() / 100)
        case .occupiedTooLong(let hours):
            string("blocked")
            member("detail", "It has said occupied without a break, far longer than cars stay in this lot.")
            key("hours")
            number(hours)
        case .swapped(let other):
            string("swapped")
            member(
                "detail",
                "What people paid and corrected, or its own flag, fits the other spot, and the other way round.")
            member("with", other)
        }
        endObject()
    }
}
