public import Credentials

extension SecretKey.Purpose {
    /// A device's way in.
    public static let device = SecretKey.Purpose("mdk_")
    /// A person's program.
    public static let personalToken = SecretKey.Purpose("mpt_")
    /// The next access token of a sign-in.
    package static let refresh = SecretKey.Purpose("mrt_")
    /// One sign-in: the first person's, or the demo's.
    package static let oneTimeCode = SecretKey.Purpose("moc_")
    /// Nothing: it says in which browser somebody has signed in before.
    package static let browser = SecretKey.Purpose("mbk_")
    /// What one link shows, for whoever has it.
    public static let link = SecretKey.Purpose("mlk_")
}
