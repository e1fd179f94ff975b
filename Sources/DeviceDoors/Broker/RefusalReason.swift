internal import HubModel
internal import MQTTCodec

extension RefusalCode {
    /// The MQTT 5 reason code that says the same in PUBACK and PUBREC (table 2-6).
    var reasonCode: ReasonCode {
        switch self {
        case .malformedJSON, .wrongType, .missingField, .duplicateKey, .valueOutOfRange, .unsupportedMediaType:
            .payloadFormatInvalid
        case .unknownTopic, .invalidIdentifier: .topicNameInvalid
        case .reservedTopic, .forbidden, .devicePending, .notSignedIn, .badCredentials, .secondFactorNeeded:
            .notAuthorized
        case .tooLarge: .packetTooLarge
        case .limitReached, .tooManyRequests: .quotaExceeded
        case .overloaded: .messageRateTooHigh
        case .stopping: .serverShuttingDown
        case .identifierMismatch, .tooOld, .invalidParameter, .tooManySteps, .malformedRequest, .notFound,
            .methodNotAllowed, .notAcceptable, .conflict, .weakPassword:
            .implementationSpecificError
        case .storageUnavailable, .internalFailure: .unspecifiedError
        }
    }
}
