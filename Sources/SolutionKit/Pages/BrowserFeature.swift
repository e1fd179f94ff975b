/// What pages may ask a browser for beyond showing themselves, by its name in `Permissions-Policy` (W3C Permissions Policy). The pages of
/// a solution may use what its manifest declares, and no page uses anything else.
public enum BrowserFeature: String, CaseIterable, Sendable {
    /// Pictures of a camera of the reader's.
    case camera
    /// Where the reader is.
    case geolocation
    /// The sound of a microphone of the reader's.
    case microphone
    /// Paying through the browser.
    case payment
    /// Devices that are plugged into the reader's.
    case usb
}
