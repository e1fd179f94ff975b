package import HubModel
package import SolutionKit

/// What is proposed for a spot's sensor.
package typealias Calibration = SensorCalibration
/// What the sensors of a lot usually do.
package typealias LotConduct = FleetConduct

extension SensorSettings {
    /// How distances are read by these settings.
    var rule: SensorRule { SensorRule(threshold: thresholdCentimetres, followsFlag: decides == .flag) }
}

extension SensorCalibration {
    /// What a spot's history tells.
    package init(_ samples: [CalibrationSample], settings: SensorSettings, gaps: [ReadingGap] = []) {
        self.init(samples, rule: settings.rule, gaps: gaps)
    }
}

extension SensorConduct {
    /// What a spot's sensor did.
    package init(_ samples: [CalibrationSample], settings: SensorSettings, gaps: [ReadingGap] = []) {
        self.init(samples, rule: settings.rule, gaps: gaps)
    }
}

extension FleetConduct {
    /// How long after somebody has left they may pay, in microseconds: a twentieth of the time in which a sensor sees one change, and not
    /// more than a quarter of an hour. In a simulation that runs fast that is less.
    var leewayMicroseconds: Int64 {
        guard let changesPerSecond, changesPerSecond > 0 else { return 900_000_000 }
        return Int64(min(900, 0.05 / changesPerSecond) * 1e6)
    }
}
