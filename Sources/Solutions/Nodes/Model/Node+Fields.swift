internal import HubModel

/// What becomes of a message's values at their fields.
extension Node {
    /// A message's values, and what of the node's fields they change.
    struct FieldVerdict {
        /// What is stored.
        var values: [ReadingField]
        /// All fields as they are then; nil when nothing changes.
        var fields: [NodeField]?
        /// Which of them are new or have a type now that they did not have, by position.
        var settled: [Int] = []
        /// Which of them refused a value, by position.
        var refusing: [Int] = []
    }

    /// Takes a message's values, each as its field has it.
    /// - Throws: `Refusal` with `limit_reached` when the fields would be too many.
    func take(_ reading: [ReadingField], at instant: Timestamp) throws(Refusal) -> FieldVerdict {
        // Nodes repeat themselves: mostly names and types come in the same order as the first time.
        var isUsual = reading.count <= fields.count
        var index = 0
        while isUsual, index < reading.count {
            isUsual = reading[index].name == fields[index].name && fields[index].type == FieldType(reading[index].value)
            index += 1
        }
        if isUsual { return FieldVerdict(values: reading) }
        var verdict = FieldVerdict(values: [])
        verdict.values.reserveCapacity(reading.count)
        var known = fields
        for field in reading { take(field, into: &verdict, &known, at: instant) }
        guard known.count <= Node.maximumFields || known.count == fields.count else {
            throw Refusal(.limitReached, "A node has at most \(Node.maximumFields) different fields.")
        }
        if !verdict.settled.isEmpty || !verdict.refusing.isEmpty { verdict.fields = known }
        return verdict
    }

    private func take(
        _ field: ReadingField, into verdict: inout FieldVerdict, _ known: inout [NodeField], at instant: Timestamp
    ) {
        let place = known.firstIndex { $0.name == field.name }
        switch (place.map { known[$0] } ?? NodeField(name: field.name)).take(field.value) {
        case .noValue: return
        case .value(let value):
            verdict.values.append(ReadingField(field.name, value))
            if let place {
                if known[place].type != nil { return }
                known[place].type = FieldType(value)
                verdict.settled.append(place)
            } else {
                verdict.settled.append(known.count)
                known.append(NodeField(name: field.name, type: FieldType(value)))
            }
        case .refused(let came):
            let type = NodeField.fixedType(of: field.name)
            if place == nil {
                verdict.settled.append(known.count)
                known.append(NodeField(name: field.name, type: type))
            }
            let place = place ?? known.count - 1
            if known[place].type == nil, let type {
                known[place].type = type
                verdict.settled.append(place)
            }
            known[place].refusal = FieldRefusal(came: came, at: instant, count: (known[place].refusal?.count ?? 0) + 1)
            verdict.refusing.append(place)
        }
    }
}
