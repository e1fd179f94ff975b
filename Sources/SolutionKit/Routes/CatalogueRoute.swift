internal import HubModel

extension Catalogue {
    /// `GET /api/catalogue`: what is declared, in words, for pages and programs. None of it is a secret, and a page needs it before
    /// anybody has signed in.
    public var route: Route {
        // Made once: it changes with the program only.
        var answer = RouteResponse.json { write(to: &$0) }
        // A page asks at each start, and mostly has it already.
        answer.headers = [("Cache-Control", "no-cache"), ("ETag", EntityTag.of(answer.body))]
        return Route(
            .get, "/api/catalogue", access: .anyone,
            summary:
                "What runs here, in words: solutions, their devices, permissions, roles, audit actions, kinds of links, commands",
            answers: [.json(Catalogue.schema), RouteAnswer(304, "The client has it already", content: [])]
        ) { [answer] _ in answer }
    }

    private static let schema = JSONSchema.object([
        .required(
            "solutions",
            .array(
                .object([
                    .required("id", .text, "The name of the folder of its pages"), .required("title", .text),
                    .required("path", .text, "Where its pages are"),
                    .required("needs", .text, "The permission without which it is not shown"),
                    .required("kinds", .array(.object([.required("id", .text), .required("title", .text)]))),
                    .required(
                        "browser_features", .array(.words(BrowserFeature.allCases.map(\.rawValue))),
                        "What its pages may ask a browser for, as Permissions-Policy names it"),
                ]))),
        .required("permissions", .array(entry)),
        .required("roles", .array(.object([.required("id", .text), .required("summary", .text)]))),
        .required("audit_actions", .array(entry)),
        .required(
            "links",
            .array(
                .named(
                    "LinkKind",
                    .object([
                        .required("id", .text), .required("summary", .text, "What such a link shows"),
                        .required("solution", .text, "The solution that declares it"),
                        .required(
                            "device", .nullable(.text), "The kind of device that it is of; null: of none"),
                        .required(
                            "thing", .nullable(.text),
                            "What people call the things of the solution that it is of; null: of none, and without a device of a whole site"
                        ),
                        .required("needs", .text, "The permission that it takes to make, see and revoke one"),
                        .required(
                            "shows", .text, "The permission to see what it shows, which it takes to make one as well"),
                    ])))),
        .required("commands", .array(.commandForm), "How devices take commands, by kind"),
    ])

    private static let entry = JSONSchema.named(
        "CatalogueEntry",
        .object([
            .required("id", .text), .required("summary", .text),
            .optional("solution", .text, "The solution that declares it; absent: the hub itself"),
        ]))

    private func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("solutions", solutions) { writer, solution in
                writer.object { writer in
                    writer.member("id", solution.id)
                    writer.member("title", solution.title)
                    writer.member("path", solution.path)
                    writer.member("needs", solution.needs.name)
                    writer.member("kinds", solution.kinds) { writer, kind in
                        writer.object { writer in
                            writer.member("id", kind.name.name)
                            writer.member("title", kind.summary)
                        }
                    }
                    writer.member("browser_features", solution.browserFeatures.map(\.rawValue).sorted()) {
                        $0.string($1)
                    }
                }
            }
            writer.member("permissions", permissions) { $0.write($1) }
            writer.member("roles", roles.names) { writer, role in
                writer.object { writer in
                    writer.member("id", role.text)
                    writer.member("summary", roles.summary(of: role) ?? "")
                }
            }
            writer.member("audit_actions", auditActions) { $0.write($1) }
            writer.member("links", solutions.flatMap { solution in solution.links.map { (solution.id, $0) } }) {
                $0.write($1.0, $1.1)
            }
            writer.member("commands", commands) { $0.write($1) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write<Name>(_ entry: Catalogue.Entry<Name>) {
        object { writer in
            writer.member("id", entry.declared.name.name)
            writer.member("summary", entry.declared.summary)
            if let solution = entry.solution { writer.member("solution", solution) }
        }
    }

    fileprivate mutating func write(_ solution: String, _ link: LinkDeclaration) {
        object { writer in
            writer.member("id", link.kind.name.name)
            writer.member("summary", link.kind.summary)
            writer.member("solution", solution)
            let (device, thing): (String?, String?) =
                switch link.subject {
                case .device(let kind): (kind.name, nil)
                case .thing(let thing): (nil, thing.noun)
                case .site: (nil, nil)
                }
            writer.member("device", device)
            writer.member("thing", thing)
            writer.member("needs", link.needs.name)
            writer.member("shows", link.shows.name)
        }
    }
}
