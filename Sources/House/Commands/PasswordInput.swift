internal import ArgumentParser
internal import Credentials
internal import Foundation
internal import HubModel
internal import Registry
internal import Trust

/// Where a new password comes from: never from the arguments, which every user of the machine can see.
struct PasswordOptions: ParsableArguments {
    @Flag(name: .long, help: "Read the password from standard input, one line.")
    var passwordStdin = false

    @Flag(name: .long, help: "Make a password and print it, once.")
    var generate = false

    func validate() throws {
        if passwordStdin, generate { throw ValidationError("--password-stdin and --generate exclude each other") }
    }

    /// The password; nil: one is to be made. Without a flag it is asked for on the terminal, twice.
    func password() throws -> String? {
        if generate { return nil }
        if passwordStdin { return try StandardInput.line(named: "password") }
        let first = try Terminal.secret("New password: ")
        guard try Terminal.secret("Once more: ") == first else { throw SettingError("the two are not the same") }
        return first
    }
}

/// What is piped into a command.
enum StandardInput {
    /// The most bytes of a line that holds a password.
    private static let maximumLine = 4_096

    /// The only line, without its end.
    /// - Throws: `SettingError` when there is none, or more, or it is no text.
    static func line(named what: String) throws -> String {
        let text = try self.text(named: what, maximum: maximumLine)
        var line = text[...]
        // Blanks stay: a password may end with one. "\r\n" is one character.
        if let last = line.last, last == "\n" || last == "\r\n" || last == "\r" { line.removeLast() }
        guard !line.isEmpty else { throw SettingError("there is no \(what) on standard input") }
        guard !line.contains(where: \.isNewline) else { throw SettingError("a \(what) is one line") }
        return String(line)
    }

    /// Everything up to the end.
    /// - Throws: `SettingError` when it cannot be read, is longer, or no text.
    static func text(named what: String, maximum: Int) throws -> String {
        var bytes = Data()
        do {
            while bytes.count <= maximum, let more = try FileHandle.standardInput.read(upToCount: 65_536), !more.isEmpty
            {
                bytes.append(more)
            }
        } catch {
            // What came before it may be half of a password.
            throw SettingError("the \(what) cannot be read from standard input: \(error.localizedDescription)")
        }
        guard bytes.count <= maximum else { throw SettingError("the \(what) on standard input is too long") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingError("the \(what) on standard input is not UTF-8")
        }
        return TextInput.withoutByteOrderMark(text)
    }
}

/// The terminal at which somebody sits, whatever standard input is.
enum Terminal {
    /// Asks for something that must not be seen.
    /// - Throws: `SettingError` when there is no terminal; `ExitCode` 130 for Ctrl-C.
    static func secret(_ prompt: String) throws -> String {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw SettingError("there is no terminal to ask for a password; use --password-stdin or --generate")
        }
        defer { close(descriptor) }
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { throw SettingError("the terminal cannot be made silent") }
        var silent = before
        // Ctrl-C comes as a byte too, so that the terminal is always put right again.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else {
            throw SettingError("the terminal cannot be made silent")
        }
        defer { tcsetattr(descriptor, TCSAFLUSH, &before) }
        put(prompt, descriptor)
        defer { put("\n", descriptor) }
        return try readLine(descriptor)
    }

    private static func readLine(_ descriptor: Int32) throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 4_096 {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { break }
            switch byte {
            case 0x0A, 0x0D, 0x04:  // Enter; Ctrl-D
                guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else {
                    throw SettingError("that is no password")
                }
                return text
            case 0x03: throw ExitCode(130)  // Ctrl-C: as a shell reports a process that was interrupted
            case 0x7F, 0x08:  // Backspace takes a whole character away.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case 0x15: line.removeAll()  // Ctrl-U
            default: line.append(byte)
            }
        }
        throw SettingError("that is no password")
    }

    private static func put(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}

extension PasswordOptions {
    /// The password for somebody, checked and hashed; and its text when it was made here.
    /// - Throws: `SettingError`; `Refusal` for one that is too easy to guess.
    func checked(for name: AccountName) throws -> (hash: PasswordHash, made: String?) {
        let given = try password()
        if let given { try PasswordRules.check(given, for: name) }
        let text = given ?? PasswordRules.generate()
        return (try PasswordHash(of: text), given == nil ? text : nil)
    }
}
