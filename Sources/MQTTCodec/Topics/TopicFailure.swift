/// Why bytes are not a topic name or a topic filter.
public enum TopicFailure: Error, Sendable, Hashable, CaseIterable {
    /// No character at all ([MQTT-4.7.3-1]).
    case empty
    /// More than 65,535 bytes ([MQTT-4.7.3-3]).
    case tooLong
    /// Ill-formed UTF-8 ([MQTT-1.5.4-1]).
    case notUTF8
    /// Contains U+0000 ([MQTT-4.7.3-2]).
    case nullCharacter
    /// A topic name contains `+` or `#` ([MQTT-3.3.2-2]).
    case wildcardInName
    /// `#` that is not the last level alone ([MQTT-4.7.1-1]), or `+` that does not fill its level ([MQTT-4.7.1-2]).
    case misplacedWildcard
    /// `$share/` without a group, with a wildcard in the group ([MQTT-4.8.2-1]), or without a filter ([MQTT-4.8.2-2]).
    case malformedShare
    /// More levels than the caller allows; a limit of the implementation, not of MQTT.
    case tooManyLevels

    init(_ failure: TextFailure) {
        switch failure {
        case .tooLong: self = .tooLong
        case .notUTF8: self = .notUTF8
        case .nullCharacter: self = .nullCharacter
        }
    }
}
