/// Figures as one line of JSON.
struct Report {
    private let figures: [(name: String, value: Double)]

    init(_ figures: [(name: String, value: Double)]) {
        self.figures = figures
    }

    var json: String {
        let parts = figures.map { figure in
            let isWhole = figure.value == figure.value.rounded() && abs(figure.value) < 1e15
            return "\"\(figure.name)\":" + (isWhole ? String(Int(figure.value)) : String(figure.value))
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}
