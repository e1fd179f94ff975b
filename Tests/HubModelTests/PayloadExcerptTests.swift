import HubModel
import Testing

/// How a refused message begins, with what may be a secret left out.
@Suite struct PayloadExcerptTests {
    @Test(
        "what is wrong can be seen, secrets cannot",
        arguments: [
            (#"{"sensors":{"t":NaN}}"#, #"{"sensors":{"t":NaN}}"#),
            ("{\"a\":1}\u{0}", "{\"a\":1}\u{2400}"), ("line\r\n\tend\u{7F}", "line\u{240D}\u{240A}\u{2409}end\u{2421}"),
            (#"{"api_key":"hunter2","t":1}"#, #"{"api_key":…,"t":1}"#),
            (#"{"apiKey" : 'hunter2' ,"t":1}"#, #"{"apiKey" : … ,"t":1}"#),
            (#"{"Password":"a\"b","t":1}"#, #"{"Password":…,"t":1}"#), (#"{"pin":9999}"#, #"{"pin":…}"#),
            (#"{"wifi":{"psk":"cut of"#, #"{"wifi":{"psk":…"#), (#"{"auth":{"user":"a","b":1}}"#, #"{"auth":…"#),
            ("token=abc&x=1", "token=…&x=1"), (#"{"wifiPassword":"hunter2","t":1}"#, #"{"wifiPassword":…,"t":1}"#),
            (#"{"monkey":1,"pinned":2,"keypad":3}"#, #"{"monkey":1,"pinned":2,"keypad":3}"#),
            ("mdk_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop", "…"), ("", ""), ("key", "key"), ("key:", "key:…"),
        ])
    func text(_ payload: String, _ expected: String) {
        #expect(PayloadExcerpt.text(of: Array(payload.utf8)) == expected)
    }

    @Test("of a long message only the beginning, of whole characters; what is no text is marked")
    func bounds() {
        let long = PayloadExcerpt.text(of: Array(String(repeating: "ä ", count: 4_000).utf8))
        #expect(long.utf8.count <= PayloadExcerpt.maximumBytes && long.utf8.count > 120)
        #expect(!long.contains("\u{FFFD}"))
        #expect(PayloadExcerpt.text(of: [0xFF, 0x41]) == "\u{FFFD}A")
        for length in 0..<300 {
            // Whatever the bytes: no trap, no control character.
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            let text = PayloadExcerpt.text(of: bytes)
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        }
    }
}
