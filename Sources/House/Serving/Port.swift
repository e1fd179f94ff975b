internal import Foundation
internal import MQTTBroker
internal import NIOCore

/// Says of a port that cannot be had what to do about it.
enum Port {
    /// Runs what opens a port; what the system says against it becomes a `SettingError` that names the port and its option.
    static func opening<Value>(_ purpose: String, _ addresses: [HostPort], _ body: () async throws -> Value)
        async throws -> Value
    {
        do {
            return try await body()
        } catch let failure as BrokerStartFailure {
            throw error(purpose, [HostPort(host: failure.host, port: failure.port)], failure.underlying)
        } catch let failure as IOError {
            throw error(purpose, addresses, failure)
        }
    }

    private static func error(_ purpose: String, _ addresses: [HostPort], _ cause: any Error) -> SettingError {
        let address = addresses.map(\.description).joined(separator: " or ")
        return switch (cause as? IOError)?.errnoCode {
        case EADDRINUSE:
            SettingError(
                "\(address), wanted for \(purpose), is taken by another program (perhaps another martlet); choose another"
            )
        case EACCES:
            SettingError(
                "\(address), wanted for \(purpose), is not allowed to this user; choose a port of 1024 or above")
        default:
            SettingError("\(address), wanted for \(purpose), cannot be opened: \(cause)")
        }
    }
}
