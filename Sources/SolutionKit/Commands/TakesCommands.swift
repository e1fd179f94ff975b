public import HubModel

/// A solution whose devices take commands; its handler is one that `TakesCommands`.
public protocol GivesCommands: HandlesMessages {
    /// How they take them, once for each kind of device that does.
    var commandForms: [CommandForm] { get }
}

/// A handler that knows devices which take commands. It is asked on the writer's thread, with its memory loaded.
public protocol TakesCommands: MessageHandler {
    /// What is known of a device; nil when there is no such device among its own.
    func commandTarget(_ device: DeviceID) -> CommandTarget?

    /// The devices for which a client of the broker (`ClientName`) spoke last.
    func commandDevices(spokenForBy client: String) -> [DeviceID]
}

/// What only a solution's handler knows of a device that is to get commands.
public struct CommandTarget: Hashable, Sendable {
    /// The kind, which has a form.
    public var kind: DeviceKind
    /// Where it is.
    public var site: SiteID
    /// How it spells itself in topics; its name, unless it says otherwise.
    public var spelling: String
    /// The client of the broker (`ClientName`) that spoke for it last; nil: none.
    public var speaker: String?
    /// Another device that speaks for it; nil: none is known.
    public var controller: DeviceID?

    /// A target.
    public init(
        kind: DeviceKind, site: SiteID, spelling: String, speaker: String? = nil, controller: DeviceID? = nil
    ) {
        self.kind = kind
        self.site = site
        self.spelling = spelling
        self.speaker = speaker
        self.controller = controller
    }
}

/// A solution's devices that take commands, as the commands' handler meets them.
public struct CommandTaker {
    /// How they take them.
    public let forms: [CommandForm]
    /// Who knows them.
    public let handler: any TakesCommands

    /// A taker.
    public init(forms: [CommandForm], handler: any TakesCommands) {
        self.forms = forms
        self.handler = handler
    }
}
