/// A value behind one reference. What is seldom needed is kept in one, so that reading a field beside it does not
/// copy, and count references for, all the rest.
indirect enum Boxed<Value> {
    case box(Value)

    init(_ value: Value) { self = .box(value) }

    var value: Value {
        get {
            switch self {
            case .box(let value): value
            }
        }
        set { self = .box(newValue) }
    }
}
