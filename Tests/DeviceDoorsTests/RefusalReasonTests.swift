import DeviceDoors
import HubModel
import MQTTCodec
import Testing

/// The reason code by which a device learns why its message was refused.
@Suite struct RefusalReasonTests {
    @Test(arguments: RefusalCode.allCases) func everyReasonIsOneOfAnAcknowledgement(_ code: RefusalCode) {
        // MQTT 5.0, sections 3.4.2.1 and 3.5.2.1, without those of a success.
        let allowed: Set<ReasonCode> = [
            .unspecifiedError, .implementationSpecificError, .notAuthorized, .topicNameInvalid, .packetIdentifierInUse,
            .quotaExceeded, .payloadFormatInvalid,
        ]
        #expect(allowed.contains(Refusal(code, "no").reasonCode))
        #expect(allowed.contains(Refusal(code, "no", isAboutTopic: true).reasonCode))
    }

    @Test func theTopicIsToBlameOnlyWhereItIs() {
        #expect(Refusal(.invalidIdentifier, "a sensor's name").reasonCode == .payloadFormatInvalid)
        #expect(Refusal(.invalidIdentifier, "a node's id", isAboutTopic: true).reasonCode == .topicNameInvalid)
        #expect(Refusal(.unknownTopic, "no").reasonCode == .topicNameInvalid)
        #expect(Refusal(.tooLarge, "too many sensors").reasonCode == .quotaExceeded)
        #expect(Refusal(.identifierMismatch, "another node").reasonCode == .payloadFormatInvalid)
    }
}
