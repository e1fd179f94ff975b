import Glibc

/// The keys of the nodes, out of a file with a line `ID KEY` for each, as `martlet device add` prints them.
struct Keys {
    private var keys: [String: String] = [:]

    /// No keys: for a hub that admits anything.
    init() {}

    /// Reads a file.
    init(file path: String) {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { fail("cannot open \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2 else { fail("a line of \(path) is not ID KEY") }
            keys[String(words[0])] = String(words[1])
        }
    }

    /// What a node shows when it connects; nil when there are no keys at all.
    func credentials(of device: String) -> (userName: String, password: String)? {
        if keys.isEmpty { return nil }
        guard let key = keys[device] else { fail("there is no key of \(device)") }
        return (device, key)
    }
}
