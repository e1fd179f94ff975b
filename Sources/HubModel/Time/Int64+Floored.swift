extension Int64 {
    /// The quotient rounded down, also for a negative number: days and steps before 1970 are counted like those after it.
    public func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }

    /// What `flooredQuotient` leaves; for a positive divisor 0 or more.
    public func flooredRemainder(by divisor: Int64) -> Int64 { self - flooredQuotient(by: divisor) * divisor }
}
