internal import NIOSSL

extension PeerCertificate {
    /// The facts of a verified certificate; nil if its names cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes() else { return nil }
        self.init(der: bytes)
    }

    /// The facts of a certificate in DER (RFC 5280, 4.1); nil if it is none.
    package init?(der: [UInt8]) {
        var outer = DERReader(der[...])
        guard let whole = outer.next(DERReader.sequence) else { return nil }
        var certificate = DERReader(whole)
        guard let signed = certificate.next(DERReader.sequence) else { return nil }
        var fields = DERReader(signed)
        // [0] version (left out in certificates of version 1), serial, signature algorithm, issuer, validity, subject,
        // key, [3] extensions.
        guard let first = fields.next(), let serial = first.tag == 0xA0 ? fields.next() : first,
            serial.tag == DERReader.integer, fields.next(DERReader.sequence) != nil,
            fields.next(DERReader.sequence) != nil, fields.next(DERReader.sequence) != nil,
            let subject = fields.next(DERReader.sequence), fields.next(DERReader.sequence) != nil
        else { return nil }
        var names: [String] = []
        while let field = fields.next() {
            guard field.tag == 0xA3 else { continue }
            guard let found = PeerCertificate.dnsNames(extensions: field.content) else { return nil }
            names = found
        }
        self.init(
            commonName: PeerCertificate.commonName(subject), dnsNames: names,
            serialNumber: PeerCertificate.hexadecimal(serial.content))
    }

    /// Two common names, or one in an alphabet of another time, are as good as none: nobody can say whom they mean.
    private static func commonName(_ subject: ArraySlice<UInt8>) -> String? {
        var found: [String?] = []
        var sets = DERReader(subject)
        while let set = sets.next(DERReader.set) {
            var attributes = DERReader(set)
            while let attribute = attributes.next(DERReader.sequence) {
                var parts = DERReader(attribute)
                // id-at-commonName, 2.5.4.3
                guard let type = parts.next(DERReader.objectIdentifier), Array(type) == [0x55, 0x04, 0x03] else {
                    continue
                }
                found.append(parts.next().flatMap(text))
            }
        }
        return found.count == 1 ? found[0] : nil
    }

    private static func dnsNames(extensions: ArraySlice<UInt8>) -> [String]? {
        var outer = DERReader(extensions)
        guard let list = outer.next(DERReader.sequence) else { return nil }
        var names: [String] = []
        var items = DERReader(list)
        while let item = items.next(DERReader.sequence) {
            var parts = DERReader(item)
            // id-ce-subjectAltName, 2.5.29.17
            guard let type = parts.next(DERReader.objectIdentifier), Array(type) == [0x55, 0x1D, 0x11] else {
                continue
            }
            var value = parts.next()
            // "critical", a BOOLEAN, may stand in front.
            if value?.tag == 0x01 { value = parts.next() }
            guard let value, value.tag == DERReader.octetString else { return nil }
            var wrapper = DERReader(value.content)
            guard let general = wrapper.next(DERReader.sequence) else { return nil }
            var entries = DERReader(general)
            while let entry = entries.next() {
                // dNSName
                guard entry.tag == 0x82 else { continue }
                if let name = text(DERReader.Element(tag: 0x16, content: entry.content)) { names.append(name) }
            }
        }
        return names
    }

    /// UTF8String, PrintableString and IA5String; control characters are in no name.
    private static func text(_ element: DERReader.Element) -> String? {
        guard element.tag == 0x0C || element.tag == 0x13 || element.tag == 0x16,
            element.content.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            element.tag == 0x0C || element.content.allSatisfy({ $0 < 0x80 })
        else { return nil }
        return String(validating: element.content, as: UTF8.self)
    }

    private static func hexadecimal(_ number: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        let significant = number.drop { $0 == 0 }
        return significant.isEmpty
            ? "00" : String(significant.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] })
    }
}
