/// What was done, or tried: the words of the audit. The hub declares its own here, a solution those of its people in its manifest. Rows
/// keep the word as text, also one that nobody declares any more.
public struct AuditAction: DeclaredName {
    /// The name, such as `user.add`.
    public let name: String

    /// An action of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }
}

extension AuditAction {
    // People at the door.
    package static let signIn = AuditAction("sign_in")
    package static let signOut = AuditAction("sign_out")
    package static let signOutEverywhere = AuditAction("sign_out_everywhere")
    package static let lockOut = AuditAction("lock_out")
    package static let sessionReplayed = AuditAction("session_replayed")
    package static let setUp = AuditAction("set_up")
    package static let changePassword = AuditAction("password.change")
    package static let enableSecondFactor = AuditAction("second_factor.enable")
    package static let disableSecondFactor = AuditAction("second_factor.disable")
    package static let createToken = AuditAction("token.create")
    package static let revokeToken = AuditAction("token.revoke")
    // People's administration.
    package static let addUser = AuditAction("user.add")
    package static let disableUser = AuditAction("user.disable")
    package static let enableUser = AuditAction("user.enable")
    package static let removeUser = AuditAction("user.remove")
    package static let grantRole = AuditAction("role.grant")
    package static let takeRole = AuditAction("role.take")
    // Devices.
    package static let addDevice = AuditAction("device.add")
    package static let approveDevice = AuditAction("device.approve")
    package static let rejectDevice = AuditAction("device.reject")
    package static let changeDevice = AuditAction("device.change")
    package static let rotateDevice = AuditAction("device.rotate")
    package static let disableDevice = AuditAction("device.disable")
    package static let enableDevice = AuditAction("device.enable")
    package static let removeDevice = AuditAction("device.remove")
    package static let openJoin = AuditAction("join.open")
    package static let closeJoin = AuditAction("join.close")
    package static let issueCertificate = AuditAction("certificate.issue")
    package static let revokeCertificate = AuditAction("certificate.revoke")
    package static let makeLink = AuditAction("link.make")
    package static let revokeLink = AuditAction("link.revoke")
    // What people make devices do.
    package static let sendCommand = AuditAction("command.send")
    package static let override = AuditAction("override")
    // The hub.
    package static let addSite = AuditAction("site.add")
    package static let changeSite = AuditAction("site.change")
    package static let exportAudit = AuditAction("audit.export")
    /// A request over HTTP that was refused, whatever it was for: its facts name the route.
    package static let request = AuditAction("request")
    package static let startHub = AuditAction("hub.start")

    /// What the hub itself declares.
    package static let ofHub = [
        Declared(signIn, "Sign in"),
        Declared(signOut, "Sign out"),
        Declared(signOutEverywhere, "Sign out everywhere"),
        Declared(lockOut, "Lock out"),
        Declared(sessionReplayed, "Use an old sign-in again"),
        Declared(setUp, "Set up the hub"),
        Declared(changePassword, "Change a password"),
        Declared(enableSecondFactor, "Second factor on"),
        Declared(disableSecondFactor, "Second factor off"),
        Declared(createToken, "Make a token"),
        Declared(revokeToken, "Remove a token"),
        Declared(addUser, "Add somebody"),
        Declared(disableUser, "Disable an account"),
        Declared(enableUser, "Enable an account"),
        Declared(removeUser, "Remove an account"),
        Declared(grantRole, "Give a role"),
        Declared(takeRole, "Take a role"),
        Declared(addDevice, "Add a device"),
        Declared(approveDevice, "Let a device in"),
        Declared(rejectDevice, "Turn a device away"),
        Declared(changeDevice, "Change a device"),
        Declared(rotateDevice, "New key for a device"),
        Declared(disableDevice, "Disable a device"),
        Declared(enableDevice, "Enable a device"),
        Declared(removeDevice, "Remove a device"),
        Declared(openJoin, "Open the join window"),
        Declared(closeJoin, "Close the join window"),
        Declared(issueCertificate, "Issue a certificate"),
        Declared(revokeCertificate, "Revoke a certificate"),
        Declared(makeLink, "Make a link that opens without an account"),
        Declared(revokeLink, "Revoke a link"),
        Declared(sendCommand, "Send a command"),
        Declared(override, "Override"),
        Declared(addSite, "Add a site"),
        Declared(changeSite, "Change a site"),
        Declared(exportAudit, "Export the audit"),
        Declared(request, "Ask for what is refused"),
        Declared(startHub, "Start the hub"),
    ]
}
