import HubModel
import SolutionKit
import Testing

@Suite struct SettingTests {
    private enum Colour: String, CaseIterable { case red, darkBlue = "dark-blue" }

    private let text = TypedSetting.text("MARTLET_T_TEXT", "A text", maximumBytes: 5, standard: "abc")
    private let colour = TypedSetting.choice("MARTLET_T_COLOUR", "A colour", standard: Colour.red)
    private let pause = TypedSetting.duration(
        "MARTLET_T_PAUSE", "A pause", range: .seconds(30)...(.seconds(86_400)), standard: .seconds(900))
    private let flag = TypedSetting.flag("MARTLET_T_FLAG", "A flag")
    private let address = TypedSetting<HostAddress?>.address("MARTLET_T_ADDRESS", "An address")
    private let zone = TypedSetting<LocalClock>.zone("MARTLET_T_ZONE", "A zone")
    private let url = TypedSetting<String?>.url("MARTLET_T_URL", "A web address")

    /// What a setting is when it is set to a text; nil: it may not be.
    private func set<Value>(_ setting: TypedSetting<Value>, _ text: String) -> Value? {
        var values = SettingValues()
        do throws(Refusal) {
            try values.set(setting.declared, to: text)
        } catch {
            return nil
        }
        return values[setting]
    }

    @Test("A setting is its default until it is set, and its default can be set as it is written")
    func defaults() throws {
        let values = SettingValues()
        #expect(values[text] == "abc" && values[colour] == .red && values[pause] == .seconds(900))
        #expect(values[flag] == false && values[address] == nil && values[url] == nil)
        let all = [text.declared, colour.declared, pause.declared, flag.declared, address.declared, url.declared]
        #expect(all.map(\.standardText) == ["abc", "red", "15m", "no", "", ""])
        for setting in all + [DeclaredSetting("MARTLET_T_N", "A number", range: 1...9, standard: 3)] {
            var values = SettingValues()
            try values.set(setting, to: setting.standardText)
            #expect(values.text(of: setting) == setting.standardText)
        }
    }

    @Test("A text is bounded in bytes and has no control characters")
    func texts() {
        #expect(set(text, "") == "" && set(text, "äöx") == "äöx")
        #expect(set(text, "äöü") == nil && set(text, "a\nb") == nil && set(text, "a\u{7F}") == nil)
    }

    @Test("A zone is one of the time zone database")
    func zones() {
        let midsummer = Timestamp(seconds: 1_782_907_200)
        func minute(_ zone: String) -> Int? {
            var clock = set(self.zone, zone)
            return clock?.reading(at: midsummer).minute
        }
        #expect(minute("UTC") == 720 && minute("Europe/Berlin") == 840)
        #expect(minute("Berlin") == nil && minute("") == nil)
    }

    @Test("A choice is one of its words, as it is spelt")
    func choices() {
        #expect(set(colour, "dark-blue") == .darkBlue)
        #expect(set(colour, "darkBlue") == nil && set(colour, "Red") == nil && set(colour, "") == nil)
    }

    @Test(
        "A time is a whole number with a unit, within its range",
        arguments: [
            ("30s", 30), ("90s", 90), ("15m", 900), ("2h", 7_200), ("1d", 86_400), ("0090s", 90),
            ("29s", nil), ("86401s", nil), ("2d", nil), ("90", nil), ("", nil), ("s", nil), ("-90s", nil),
            ("+90s", nil),
            ("1.5h", nil), ("1h30m", nil), ("15 m", nil), ("99999999999999d", nil),
        ] as [(String, Int64?)])
    func durations(_ text: String, _ seconds: Int64?) {
        #expect(set(pause, text) == seconds.map { .seconds($0) })
    }

    @Test("Yes and no have the words that the hub's own settings have")
    func flags() {
        for word in ["yes", "true", "1", "on", "Yes"] { #expect(set(flag, word) == true) }
        for word in ["no", "false", "0", "off", ""] { #expect(set(flag, word) == false) }
        #expect(set(flag, "maybe") == nil)
    }

    @Test(
        "An address has a host and a port; one of IPv6 is in brackets",
        arguments: [
            ("mail.example.org:25", "mail.example.org", 25), ("[::1]:8080", "::1", 8_080), ("a:65535", "a", 65_535),
            ("a", nil, 0), ("a:", nil, 0), (":25", nil, 0), ("a:0", nil, 0), ("a:65536", nil, 0), ("::1:80", nil, 0),
            ("a b:80", nil, 0), ("http://a:80", nil, 0), ("[a]:80", nil, 0), ("a:-1", nil, 0),
        ] as [(String, String?, Int)])
    func addresses(_ text: String, _ host: String?, _ port: Int) {
        let found = set(address, text) ?? nil
        #expect(found?.host == host && (host == nil || found?.port == port))
        if let found { #expect(found.description == text) }
    }

    @Test("An empty address is none")
    func noAddress() {
        #expect(set(address, "") == .some(nil))
        #expect(set(url, "") == .some(nil))
    }

    @Test(
        "A web address has a scheme and a host, and carries no password",
        arguments: [
            ("https://example.org/a?b=c#d", true), ("HTTP://10.0.0.1:8080", true), ("https://[::1]/", true),
            ("example.org", false), ("ftp://example.org", false), ("https://", false), ("https:///x", false),
            ("https://:80/", false), ("https://me:secret@example.org/", false), ("https://a b/", false),
            ("https://example.org/ä", false), ("javascript:alert(1)", false),
        ])
    func webAddresses(_ text: String, _ isOne: Bool) {
        #expect(set(url, text) == (isOne ? .some(text) : nil))
    }

    @Test("A refusal names the setting, what it was set to and what it may be")
    func sentence() {
        func detail(_ setting: DeclaredSetting, _ text: String) -> String? {
            var values = SettingValues()
            return #expect(throws: Refusal.self) { try values.set(setting, to: text) }?.detail
        }
        #expect(
            detail(colour.declared, "green") == "MARTLET_T_COLOUR is 'green', but must be red or dark-blue")
        #expect(
            detail(pause.declared, "soon")
                == "MARTLET_T_PAUSE is 'soon', but must be a time from 30s to 1d, such as 90s, 15m, 2h or 1d")
        #expect(detail(flag.declared, "x") == "MARTLET_T_FLAG is 'x', but must be yes or no")
    }
}
