extension Connect {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == self.version else { throw .versionMismatch }
        if version == .v3_1_1, password != nil, userName == nil { throw .passwordWithoutUserName }
        // Name, level, flags and keep alive.
        var size = 10 + WireSize.text(clientIdentifier)
        size += try properties.encodedSize(in: .connect, version: version)
        if let will {
            size += try will.properties.encodedSize(in: .will, version: version)
            size += try WireSize.text(will.topic.text) + WireSize.binary(will.payload)
        }
        if let userName { size += WireSize.text(userName) }
        if let password { size += try WireSize.binary(password) }
        return size
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        let name: [6 of UInt8] = [
            0, 4, UInt8(ascii: "M"), UInt8(ascii: "Q"), UInt8(ascii: "T"), UInt8(ascii: "T"),
        ]
        for index in name.indices { output.append(name[index]) }
        output.append(version.rawValue)
        output.append(ConnectFlags(self).rawValue)
        output.append(keepAlive)
        properties.write(into: &output, version: version)
        output.append(text: clientIdentifier)
        if let will {
            will.properties.write(into: &output, version: version)
            output.append(text: will.topic.text)
            output.append(binary: will.payload)
        }
        if let userName { output.append(text: userName) }
        if let password { output.append(binary: password) }
    }
}

extension Connack {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        if sessionPresent, reason != .success { throw .sessionPresentWithFailure }
        switch version {
        case .v3_1_1:
            guard ConnectReturnCode(reason) != nil else { throw .reasonNotInVersion }
        case .v5_0:
            guard reason.isAllowed(in: .connack) else { throw .reasonNotForPacket }
        }
        return 2 + (try properties.encodedSize(in: .connack, version: version))
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(sessionPresent ? 1 : 0 as UInt8)
        let code = version == .v3_1_1 ? ConnectReturnCode(reason)?.rawValue : nil
        output.append(code ?? reason.rawValue)
        properties.write(into: &output, version: version)
    }
}
