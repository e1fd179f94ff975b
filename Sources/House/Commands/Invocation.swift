/// How the program that runs is called, for what its help and its refusals tell people to type.
enum Invocation {
    /// The last part of the path by which it was started.
    static let program = name(startedAs: CommandLine.arguments.first)

    /// - Parameter path: the first of a process's arguments, which whoever starts it may leave out.
    static func name(startedAs path: String?) -> String {
        path?.split(separator: "/").last.map(String.init) ?? "martlet"
    }
}
