internal import Credentials

extension SecretKey.Purpose {
    /// One reservation: its holder's, who has no account.
    static let reservation = SecretKey.Purpose("mrv_")
}
