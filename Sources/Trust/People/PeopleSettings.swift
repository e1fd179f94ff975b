public import Credentials

/// What can be set about signing in.
public struct PeopleSettings: Hashable, Sendable {
    /// How long an access token holds, in seconds.
    public var accessSeconds: Int64 = 900
    /// How long a sign-in holds that is not refreshed, in seconds: 30 days.
    public var refreshSeconds: Int64 = 30 * 86_400
    /// How long a sign-in holds at most, in seconds: 180 days.
    public var longestSignInSeconds: Int64 = 180 * 86_400
    /// How long a refresh token that was just used is good again, in seconds: for pages that are open twice.
    public var graceSeconds: Int64 = 20
    /// Sign-ins that one account may have; the one used longest ago ends when there is another.
    public var signInsPerAccount = 20
    /// Browsers in which one account is known; the one used longest ago is forgotten when there is another.
    public var browsersPerAccount = 20
    /// How long an account is known in a browser after it signed in there, in seconds: a year, which is more than a sign-in lasts.
    public var browserSeconds: Int64 = 365 * 86_400
    /// What hashing a password costs.
    public var passwords: PasswordHash.Parameters = .standard
    /// Passwords that may wait to be hashed, of people who are not known where they are.
    public var waitingPasswords = 16
    /// Of these, from one address.
    public var waitingPasswordsPerAddress = 4
    /// Passwords that may wait beside these, of people from addresses where they are known; and as many beside those, of people in
    /// browsers where they are known or signed in.
    public var waitingPasswordsOfKnown = 16
    /// Of these, of one person from one address; and of one person in all their browsers.
    public var waitingPasswordsPerKnown = 2
    /// What is done against guessing.
    public var guessing = GuessingPolicy()

    /// The defaults named at each property.
    public init() {}
}

/// What the hub is that its pages must know, beside people.
public struct HubFacts: Hashable, Sendable {
    /// Whether it was opened to everybody (`--open`).
    public var isOpen: Bool
    /// Whether it shows made-up data (`--demo`).
    public var isDemo: Bool

    /// Facts.
    public init(isOpen: Bool = false, isDemo: Bool = false) {
        self.isOpen = isOpen
        self.isDemo = isDemo
    }
}
