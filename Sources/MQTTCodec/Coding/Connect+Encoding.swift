extension Connect {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == self.version else { throw .versionMismatch }
        if version == .v5_0, isBridge { throw .bridgeNotInVersion }
        if version != .v5_0, password != nil, userName == nil { throw .passwordWithoutUserName }
        // Name, level, flags and keep alive.
        var size = (version == .v3_1 ? 12 : 10) + WireSize.text(clientIdentifier)
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
        let name: StaticString = version == .v3_1 ? "MQIsdp" : "MQTT"
        output.append(UInt16(truncatingIfNeeded: name.utf8CodeUnitCount))
        // The pointer is to a constant of the program and lives only for the call.
        name.withUTF8Buffer { bytes in
            for index in bytes.indices { output.append(bytes[index]) }
        }
        output.append(isBridge ? version.rawValue | ProtocolVersion.bridgeBit : version.rawValue)
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
        case .v3_1, .v3_1_1:
            guard ConnectReturnCode(reason) != nil else { throw .reasonNotInVersion }
        case .v5_0:
            guard reason.isAllowed(in: .connack) else { throw .reasonNotForPacket }
        }
        return 2 + (try properties.encodedSize(in: .connack, version: version))
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        // 3.1 has no word for a session that is present.
        output.append(sessionPresent && version != .v3_1 ? 1 : 0 as UInt8)
        let code = version != .v5_0 ? ConnectReturnCode(reason)?.rawValue : nil
        output.append(code ?? reason.rawValue)
        properties.write(into: &output, version: version)
    }
}
