public import HubModel
internal import SQL

extension Refusal {
    /// What anybody is told whose change finds no room on the disk, or no disk.
    public static let storageUnavailable = Refusal(
        .storageUnavailable, "The hub cannot store changes at the moment; its log has the reason.")

    /// The refusal for an error of the database; nil for one that has another cause than the disk.
    public init?(storage error: any Error) {
        guard let failure = error as? SQLFailure, failure.code.isOfStorage else { return nil }
        self = .storageUnavailable
    }
}
