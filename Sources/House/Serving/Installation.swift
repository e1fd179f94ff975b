internal import Foundation
internal import HubModel
internal import SolutionKit

/// Where the running program and its data folder are: what a person at the hub's machine needs to name in a shell, since
/// neither the search path nor the current folder leads there.
struct Installation: Sendable {
    /// The program that runs; absolute.
    let program: String
    /// The data folder of this hub; absolute.
    let data: String

    /// - Parameter data: the data folder as the settings name it, from the current folder on.
    init(data: String) {
        program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        self.data = URL(fileURLWithPath: data).standardizedFileURL.path
    }

    /// A command for this hub as one types it in a shell, wherever one is: its words, and then the data folder.
    func command(_ words: String...) -> String {
        ([program] + words + ["--data", data]).map(Installation.shellWord).joined(separator: " ")
    }

    /// A text as one word of a POSIX shell: as it is where no shell reads anything into it, else in single quotes.
    private static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "+")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"):
                    true
                default: false
                }
            }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return isPlain ? text : "'\(parts.joined(separator: "'\\''"))'"
    }

    /// Tells it to those who administer the hub. Paths of the machine are nobody else's matter.
    var route: Route {
        Route(
            .get, "/api/system/installation", access: .hub(.manageSettings),
            summary: "Where the program and its data folder are, for commands on the hub's own machine",
            answers: [
                .json(
                    .named(
                        "Installation",
                        .object([
                            .required("program", .text, "The program that runs, an absolute path"),
                            .required("data", .text, "Its data folder, an absolute path"),
                        ])))
            ]
        ) { _ in
            .json { json in
                json.object { json in
                    json.member("program", program)
                    json.member("data", data)
                }
            }
        }
    }
}
