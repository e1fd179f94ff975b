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
        object { json in
            json.member("spot_id", spot.id.text)
            json.member("label", spot.place.label)
            json.member("samples", calibration.samples)
            json.member("decides", spot.state.settings.decides.rawValue)
            json.member("current") {
                $0.writeSetting(spot.state.settings.thresholdCentimetres, spot.state.settings.hysteresisCentimetres)
            }
            json.member("proposal") { json in
                if let threshold = calibration.threshold, let hysteresis = calibration.hysteresis {
                    json.writeSetting(threshold, hysteresis)
                } else {
                    json.null()
                }
            }
            json.member("occupied") { $0.write(calibration.occupied) }
            json.member("free") { $0.write(calibration.free) }
            json.member("flags", calibration.flags) { $0.write($1) }
            json.member("incomplete", !calibration.gaps.isEmpty)
        }
    }

    private mutating func writeSetting(_ threshold: Double, _ hysteresis: Double) {
        object { json in
            json.member("threshold_cm", number: threshold)
            json.member("hysteresis_cm", number: hysteresis)
        }
    }

    private mutating func write(_ cluster: DistanceCluster?) {
        guard let cluster else { return null() }
        object { json in
            json.member("samples", cluster.count)
            for (name, value) in [
                ("mean_cm", cluster.mean), ("spread_cm", cluster.spread), ("low_cm", cluster.low),
                ("high_cm", cluster.high),
            ] {
                json.member(name, number: (value * 10).rounded() / 10)
            }
        }
    }

    private mutating func write(_ flag: Calibration.Flag) {
        object { json in
            json.member("flag") { json in
                switch flag {
                case .drift(let centimetres):
                    json.string("drift")
                    json.member("detail", "It measures otherwise than it did.")
                    json.member("centimetres", number: centimetres)
                case .dirty(let centimetres):
                    json.string("dirty")
                    json.member(
                        "detail",
                        "The empty spot measures less and less, and cars do not: something grows before the sensor.")
                    json.member("centimetres", number: centimetres)
                case .stuck(let centimetres):
                    json.string("stuck")
                    json.member(
                        "detail",
                        "It measures the same again and again; a sensor that works never does that for so long.")
                    json.member("centimetres", number: centimetres)
                case .blocked(let share):
                    json.string("blocked")
                    json.member(
                        "detail",
                        "It measures little while it says that the spot is free: dirt or snow before the sensor.")
                    json.member("share", number: (share * 100).rounded() / 100)
                case .occupiedTooLong(let hours):
                    json.string("blocked")
                    json.member(
                        "detail", "It has said occupied without a break, far longer than cars stay in this lot.")
                    json.member("hours", number: hours)
                case .swapped(let other):
                    json.string("swapped")
                    json.member(
                        "detail",
                        "What people paid and corrected, or its own flag, fits the other spot, and the other way round."
                    )
                    json.member("with", other)
                }
            }
        }
    }
}
