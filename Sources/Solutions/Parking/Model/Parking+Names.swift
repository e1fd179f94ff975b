package import HubModel

extension DeviceKind {
    /// A sensor over a parking spot, or the controller of several.
    package static let parking = DeviceKind("parking")
}

extension Permission {
    package static let viewParking = Permission("parking.view")
    package static let overrideParking = Permission("parking.override")
    package static let manageParking = Permission("parking.manage")
    package static let viewParkingMoney = Permission("parking.money")
    package static let manageTariffs = Permission("parking.tariffs")
    package static let takePayments = Permission("parking.pay")
    package static let reserveParking = Permission("parking.reserve")
}

extension LinkKind {
    /// The board at the entrance of one lot.
    package static let lotBoard = LinkKind("parking.board")
}

extension AuditAction {
    package static let changeLot = AuditAction("lot.change")
    package static let removeLot = AuditAction("lot.remove")
    package static let cancelReservation = AuditAction("reservation.cancel")
    package static let addTariff = AuditAction("tariff.add")
    package static let takePayment = AuditAction("payment.take")
    package static let allocatePayment = AuditAction("payment.allocate")
    package static let refundPayment = AuditAction("payment.refund")
    package static let waive = AuditAction("session.waive")
}
