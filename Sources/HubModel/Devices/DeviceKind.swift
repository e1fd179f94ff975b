/// What sort of device it is, such as `valve`. Each kind is declared by one solution, in its manifest.
public struct DeviceKind: DeclaredName {
    /// The name.
    public let name: String

    /// A kind of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }
}
