package import HubModel
package import MQTTCodec

extension Refusal {
    /// The MQTT 5 reason code that says the same; one of those that PUBACK and PUBREC may carry (sections 3.4.2.1 and 3.5.2.1).
    package var reasonCode: ReasonCode {
        // The topic's levels name things as well as the payload does.
        if isAboutTopic { return .topicNameInvalid }
        switch code {
        case .malformedJSON, .wrongType, .missingField, .duplicateKey, .valueOutOfRange, .invalidIdentifier,
            .identifierMismatch, .unsupportedMediaType:
            return .payloadFormatInvalid
        case .unknownTopic: return .topicNameInvalid
        case .reservedTopic, .forbidden, .devicePending, .notSignedIn, .badCredentials, .secondFactorNeeded:
            return .notAuthorized
        // "An implementation or administrative imposed limit has been exceeded": PUBACK knows no packet too large (0x95) and no
        // message rate too high (0x96).
        case .tooLarge, .limitReached, .tooManyRequests, .overloaded: return .quotaExceeded
        case .tooOld, .invalidParameter, .tooManySteps, .malformedRequest, .rangeNotSatisfiable, .notFound,
            .methodNotAllowed, .notAcceptable,
            .conflict, .weakPassword, .stopping:
            return .implementationSpecificError
        case .storageUnavailable, .internalFailure: return .unspecifiedError
        }
    }
}
