import HubModel

/// What events of two solutions need.
extension Permission {
    static let viewNodes = Permission("nodes.view")
    static let viewParking = Permission("parking.view")
}
