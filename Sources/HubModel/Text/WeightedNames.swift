/// The names in a header field that weighs them, such as `Accept: text/csv, application/json;q=0.5` (RFC 9110, section 12.4.2).
public enum WeightedNames {
    /// The most names that are looked at.
    private static let most = 64

    /// The names in small letters and without parameters, each with its weight, 0 (not wanted) to 1 (also where it has none). A weight that is
    /// none is 0.
    public static func read(_ field: String) -> [(name: String, weight: Double)] {
        field.split(separator: ",").prefix(most).compactMap { member in
            let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = parts.first, !name.isEmpty else { return nil }
            let written = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return (name, min(max(written, 0), 1))
        }
    }
}
