/// A setting that is no whole number, with the type of what it is. `SettingValues` gives its value; `declared` goes into the manifest.
///
///     enum WhenFull: String, CaseIterable { case refuse, oldestGo = "oldest-go" }
///     let whenFull = TypedSetting.choice("MARTLET_VALVES_WHEN_FULL", "What happens when …", standard: WhenFull.refuse)
///     settings[whenFull] == .oldestGo
public struct TypedSetting<Value: Sendable>: Sendable {
    /// Its declaration.
    public let declared: DeclaredSetting
    /// The value of what it is set to; nil for what `form` has not read.
    let value: @Sendable (SettingContent) -> Value?
    /// Its default.
    let standard: Value
}

extension TypedSetting where Value == String {
    /// A text, empty for none.
    public static func text(
        _ name: String, _ help: String, maximumBytes: Int, standard: String = ""
    ) -> TypedSetting {
        make(name, help, .text(maximumBytes: maximumBytes), .text(standard), standard) {
            if case .text(let text) = $0 { text } else { nil }
        }
    }
}

extension TypedSetting where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enumeration.
    public static func choice(_ name: String, _ help: String, standard: Value) -> TypedSetting {
        make(name, help, .choice(Value.allCases.map(\.rawValue)), .text(standard.rawValue), standard) {
            if case .text(let text) = $0 { Value(rawValue: text) } else { nil }
        }
    }
}

extension TypedSetting where Value == Duration {
    /// A span of time, in whole seconds.
    public static func duration(
        _ name: String, _ help: String, range: ClosedRange<Duration>, standard: Duration
    ) -> TypedSetting {
        make(name, help, .duration(range), .duration(standard), standard) {
            if case .duration(let duration) = $0 { duration } else { nil }
        }
    }
}

extension TypedSetting where Value == Bool {
    /// Yes or no.
    public static func flag(_ name: String, _ help: String, standard: Bool = false) -> TypedSetting {
        make(name, help, .flag, .flag(standard), standard) {
            if case .flag(let flag) = $0 { flag } else { nil }
        }
    }
}

extension TypedSetting where Value == HostAddress? {
    /// A host and a port; none unless it is set.
    public static func address(_ name: String, _ help: String) -> TypedSetting {
        make(name, help, .address, .none, nil) {
            if case .address(let address) = $0 { .some(address) } else { nil }
        }
    }
}

extension TypedSetting where Value == LocalClock {
    /// The clock of a time zone; UTC unless it is set.
    public static func zone(_ name: String, _ help: String) -> TypedSetting {
        make(name, help, .zone, .text("UTC"), .utc) {
            if case .text(let zone) = $0 { LocalClock(zone) } else { nil }
        }
    }
}

extension TypedSetting where Value == String? {
    /// An address of the web; none unless it is set.
    public static func url(_ name: String, _ help: String) -> TypedSetting {
        make(name, help, .url, .none, nil) {
            if case .text(let text) = $0 { .some(text) } else { nil }
        }
    }
}

extension TypedSetting {
    private static func make(
        _ name: String, _ help: String, _ form: SettingForm, _ content: SettingContent, _ standard: Value,
        _ value: @escaping @Sendable (SettingContent) -> Value?
    ) -> TypedSetting {
        TypedSetting(declared: DeclaredSetting(name, help, form, content), value: value, standard: standard)
    }
}
