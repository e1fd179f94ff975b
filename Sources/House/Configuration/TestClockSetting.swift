internal import HubModel

/// Where a test moves the hub's clock (docs/testing.md). It is no `Setting`: nobody who runs a hub is to find it.
struct TestClockSetting: Sendable {
    /// Its name in the environment.
    static let name = "MARTLET_TEST_CLOCK"
    /// Bytes that the path of a socket may have on every system, with the zero behind it.
    private static let longestPath = 104

    /// The Unix domain socket that takes the commands.
    let path: String
    /// The instant at which it stands still until it is told to go on; nil: it goes on from the machine's time.
    let begin: Timestamp?

    /// From `PATH`, or from `PATH@MICROSECONDS` since 1970; nil when it is empty.
    /// - Throws: `SettingError`.
    init?(_ text: String) throws {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        guard path.hasPrefix("/"), path.utf8.count < TestClockSetting.longestPath else {
            throw SettingError(
                "\(TestClockSetting.name) is '\(text)', but must be the absolute path of a socket, shorter than \(TestClockSetting.longestPath) bytes"
            )
        }
        guard parts.count == 2 else {
            begin = nil
            return
        }
        guard let microseconds = Int64(parts[1]), MovableTime.range.contains(microseconds) else {
            throw SettingError(
                "\(TestClockSetting.name) is '\(text)', but behind the @ must be microseconds from 1970 to 2200")
        }
        begin = Timestamp(microseconds: microseconds)
    }
}
