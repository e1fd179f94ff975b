/// The shape of a JSON value, as much of JSON Schema 2020-12 as the hub's own API needs. Part of a route's declaration, so that the
/// API's description can never say something else than the route.
public indirect enum JSONSchema: Hashable, Sendable {
    /// Anything.
    case any
    case boolean
    /// A whole number, within bounds if there are any.
    case integer(minimum: Int64? = nil, maximum: Int64? = nil)
    /// A number.
    case number
    /// A text, with bounds on its characters and a pattern (ECMA 262) if there are any.
    case string(minimumLength: Int? = nil, maximumLength: Int? = nil, pattern: String? = nil)
    /// An instant as Martlet writes it: `2026-11-21T10:00:00.000000Z`.
    case timestamp
    /// One of these words.
    case words([String])
    case array(JSONSchema)
    /// An object; names that stand in no property are allowed.
    case object([Property])
    /// An object whose names are data: each value has this shape.
    case dictionary(JSONSchema)
    /// The shape, or null.
    case nullable(JSONSchema)
    /// One of these shapes.
    case anyOf([JSONSchema])
    /// All of these shapes at once: an object with the members of each.
    case allOf([JSONSchema])
    /// A shape with a name of its own in the description, written there once.
    case named(String, JSONSchema)

    /// A member of an object.
    public struct Property: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its shape.
        public let schema: JSONSchema
        /// Whether it may be left out.
        public let isOptional: Bool
        /// What it means, with its unit.
        public let summary: String?

        /// A member that is always there.
        public static func required(_ name: String, _ schema: JSONSchema, _ summary: String? = nil) -> Property {
            Property(name: name, schema: schema, isOptional: false, summary: summary)
        }

        /// A member that may be left out.
        public static func optional(_ name: String, _ schema: JSONSchema, _ summary: String? = nil) -> Property {
            Property(name: name, schema: schema, isOptional: true, summary: summary)
        }
    }

    /// A text without bounds.
    public static let text = JSONSchema.string()
    /// A whole number of 0 or more.
    public static let count = JSONSchema.integer(minimum: 0)
    /// A day of a calendar, such as `2026-11-21`.
    public static let day = JSONSchema.string(
        minimumLength: 10, maximumLength: 10, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    /// A device's or a site's name.
    public static let identifier = JSONSchema.string(
        minimumLength: 1, maximumLength: 64, pattern: "^[A-Za-z0-9._:@-]{1,64}$")
}
