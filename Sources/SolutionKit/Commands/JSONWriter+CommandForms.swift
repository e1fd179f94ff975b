internal import HubModel

extension JSONWriter {
    /// Writes how devices of a kind take commands, for pages.
    mutating func write(_ form: CommandForm) {
        object { writer in
            writer.member("kind", form.kind.name)
            writer.member("see", form.see.name)
            writer.member("give", form.give.name)
            writer.member("live_topic", form.liveTopic?.text("{id}"))
            writer.member("takes_others", form.takesOthers)
            writer.member("commands", form.commands) { $0.write($1) }
        }
    }

    private mutating func write(_ command: DeclaredCommand) {
        object { writer in
            writer.member("id", command.name)
            writer.member("summary", command.summary)
            writer.member("parameters", command.parameters) { $0.write($1) }
        }
    }

    private mutating func write(_ parameter: CommandParameter) {
        object { writer in
            writer.member("id", parameter.name)
            writer.member("summary", parameter.summary)
            switch parameter.form {
            case .choice(let options):
                writer.member("choice", options) { writer, option in
                    writer.object {
                        $0.member("id", option.value)
                        $0.member("summary", option.summary)
                    }
                }
            case .whole(let range, let standard):
                writer.member("whole") { writer in
                    writer.object {
                        $0.member("minimum", range.lowerBound)
                        $0.member("maximum", range.upperBound)
                        $0.member("standard", standard)
                    }
                }
            }
            guard let condition = parameter.condition else { return }
            writer.member("only") { writer in
                writer.object {
                    $0.member("parameter", condition.parameter)
                    $0.member("is", condition.value)
                }
            }
        }
    }
}

extension JSONSchema {
    /// How devices of a kind take commands, as the catalogue shows it.
    static let commandForm = JSONSchema.named(
        "CommandForm",
        .object([
            .required("kind", .text, "The kind of device"),
            .required("see", .text, "The permission that it takes to see their commands"),
            .required("give", .text, "The permission that it takes to give them"),
            .required(
                "live_topic", .nullable(.text), "Where live events of a device's commands are; {id} is the device"),
            .required("takes_others", .boolean, "Whether commands are taken that are not listed here"),
            .required(
                "commands",
                .array(
                    .object([
                        .required("id", .text), .required("summary", .text, "What people choose or press"),
                        .required("parameters", .array(commandParameter)),
                    ]))),
        ]))

    private static let commandParameter = JSONSchema.named(
        "CommandParameter",
        .object([
            .required("id", .text, "The member of params"), .required("summary", .text),
            .optional(
                "choice", .array(.object([.required("id", .text), .required("summary", .text)])),
                "It is one of these words; a form begins with the first"),
            .optional(
                "whole",
                .object([
                    .required("minimum", .integer()), .required("maximum", .integer()),
                    .required("standard", .integer()),
                ]), "It is a whole number; a form begins with standard"),
            .optional(
                "only", .object([.required("parameter", .text), .required("is", .text)]),
                "It is asked for and sent only where another parameter is this; absent: always"),
        ]))
}
