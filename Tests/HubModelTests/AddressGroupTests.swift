import HubModel
import Testing

@Suite struct AddressGroupTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("::ffff:c000:207", "192.0.2.7"),
        ("0:0:0:0:0:FFFF:192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8:0:0::/64"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:0DB8:0001:0002:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::4", "2001:db8:1:3::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("::1", "0:0:0:0::/64"),
        ("::", "0:0:0:0::/64"), ("64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"), ("1::8", "1:0:0:0::/64"),
    ])
    func anAddressStandsForItselfOrItsNetwork(_ address: String, _ group: String) {
        #expect(AddressGroup.of(address) == group)
    }

    @Test(arguments: [
        "router", "a:b", ":", ":1", "1:", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
        "12345::", "g::", "::1.2.3", "::1.2.3.256", "1.2.3.4::",
    ])
    func whatIsNoAddressIsItsOwnGroup(_ text: String) {
        #expect(AddressGroup.of(text) == text)
    }

    @Test func allUnknownOnesAreOneGroup() {
        #expect(AddressGroup.of(nil) == AddressGroup.of(""))
    }
}
