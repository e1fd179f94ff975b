internal import HubModel
internal import SolutionKit

/// The weather of the simulated fleet. No library of mathematics: a parabola is wave enough for a day's temperature.
extension NodesSimulator {
    struct Sensor {
        let name: String
        /// The mean, half the difference between day and night, and how far it wanders beside that.
        let middle: Double
        let daily: Double
        let wander: Double
        let places: Int
    }

    private static let sensors = [
        Sensor(name: "temperature", middle: 21.5, daily: 3, wander: 1.5, places: 1),
        Sensor(name: "humidity", middle: 47, daily: -8, wander: 5, places: 1),
        Sensor(name: "pressure", middle: 1_013, daily: 0.6, wander: 9, places: 1),
        Sensor(name: "light", middle: 420, daily: 400, wander: 20, places: 0),
        Sensor(name: "co2", middle: 640, daily: 160, wander: 90, places: 0),
        Sensor(name: "soil_moisture", middle: 38, daily: -2, wander: 6, places: 2),
    ]

    /// Every node has temperature and humidity, most have one or two more.
    func sensors(_ index: Int) -> [Sensor] {
        let more = NodesSimulator.sensors.dropFirst(2)
        let first = Int(noise(index, "sensor", 1) * Double(more.count))
        let others = (0..<index % 3).map { more[more.startIndex + (first + $0) % more.count] }
        return NodesSimulator.sensors.prefix(2) + others
    }

    func measured(_ sensor: Sensor, _ index: Int, at instant: Timestamp) -> Double {
        let place = (noise(index, sensor.name, 2) - 0.5) * sensor.wander
        let wander = (drift(index, sensor.name, at: instant, seconds: 900) - 0.5) * sensor.wander
        let flicker = (drift(index, sensor.name, at: instant, seconds: 7) - 0.5) * sensor.wander * 0.08
        return max(0, sensor.middle + sensor.daily * NodesSimulator.day(at: instant) + place + wander + flicker)
    }

    func signal(_ index: Int, at instant: Timestamp) -> Int64 {
        Int64(-52 - noise(index, "wifi", 3) * 22 - drift(index, "wifi", at: instant, seconds: 30) * 8)
    }

    /// Seconds since the node's last restart; each restarts about once a week.
    func uptime(_ index: Int, at instant: Timestamp) -> Int64 {
        let week: Int64 = 604_800
        let seconds = instant.microseconds / 1_000_000 + Int64(noise(index, "uptime", 4) * Double(week))
        return max(0, seconds) % week
    }

    /// -1 in the small hours, 1 in the early afternoon.
    private static func day(at instant: Timestamp) -> Double {
        let dayLength: Int64 = 86_400_000_000
        let sinceMorning = (instant.microseconds - 32_400_000_000) % dayLength
        let phase = Double(sinceMorning < 0 ? sinceMorning + dayLength : sinceMorning) / Double(dayLength)
        let half = phase < 0.5 ? phase * 2 : phase * 2 - 1
        let arc = 4 * half * (1 - half)
        return phase < 0.5 ? arc : -arc
    }

    func drift(_ index: Int, _ quantity: String, at instant: Timestamp, seconds: Int64) -> Double {
        SimulatedNoise(seed: seed).drift(index, quantity, at: instant, seconds: seconds)
    }

    func noise(_ index: Int, _ quantity: String, _ step: UInt64) -> Double {
        SimulatedNoise(seed: seed).value(index, quantity, step)
    }

    /// Writes a number with this many places, as `22.5` and not `22.499999`.
    func write(_ value: Double, places: Int, to writer: inout JSONWriter) {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        writer.decimal(ScaledDecimal(mantissa: Int64((value * factor).rounded()), scale: UInt8(places)))
    }
}
