internal import HubModel
internal import Registry
internal import SolutionKit

/// What requests and answers about links hold.
enum LinkSchemas {
    /// How long a link lasts, in days.
    static let days: ClosedRange<Int64> = 1...3_660
    static let usualDays: Int64 = 365
    /// In Unicode's scalars, as JSON Schema counts.
    static let maximumPurposeLength = 200

    static func request(_ kinds: [LinkDeclaration]) -> JSONSchema {
        .object([
            .required("kind", .words(kinds.map(\.kind.name.name))),
            .optional("device", .identifier, "What it is of, for a kind that is of devices"),
            .optional("thing", .identifier, "What it is of, for a kind that is of things of its solution"),
            .optional("site", .identifier, "What it is of, for a kind that is of sites"),
            .required(
                "purpose",
                .string(
                    minimumLength: 1, maximumLength: maximumPurposeLength,
                    pattern: #"^[^\u0000]*[^\u0000\s][^\u0000]*$"#), "What it is for"),
            .optional(
                "days", .nullable(.integer(minimum: days.lowerBound, maximum: days.upperBound)),
                "How long it lasts; \(usualDays) without it"),
        ])
    }

    static let made = JSONSchema.object(
        members + [
            .required("key", .text, "Shown once"),
            .required("path", .text, "The address on this hub, with the key; shown once"),
        ])

    static let link = JSONSchema.named("Link", .object(members))

    private static let members: [JSONSchema.Property] = [
        .required("id", .text), .required("kind", .text),
        .required("device", .nullable(.identifier), "Null: it is of none"),
        .required("thing", .nullable(.identifier), "Null: it is of none, and without a device of the site as a whole"),
        .required("site", .identifier),
        .required("purpose", .text), .required("made_by", .text),
        .required("created_at", .timestamp), .required("expires_at", .timestamp),
        .required("revoked_at", .nullable(.timestamp)), .required("last_used_at", .nullable(.timestamp)),
        .required("uses", .count), .required("open", .boolean, "Whether it was neither revoked nor has expired"),
    ]
}

extension JSONWriter {
    mutating func members(of link: LinkRecord, at now: Timestamp) {
        member("id", link.grant.id)
        member("kind", link.grant.kind.name)
        member("device", link.grant.device?.text)
        member("thing", link.grant.thing)
        member("site", link.grant.site.text)
        member("purpose", link.purpose)
        member("made_by", link.maker)
        member("created_at", link.createdAt)
        member("expires_at", link.expiresAt)
        member("revoked_at", link.revokedAt)
        member("last_used_at", link.lastUsedAt)
        member("uses", link.uses)
        member("open", link.isOpen(at: now))
    }
}
