import HubModel
import Testing

/// A body's members, asked for by name and type.
@Suite struct JSONMembersTests {
    private enum Colour: String, CaseIterable { case red, green }

    private func members(_ text: String) throws -> JSONMembers { try JSONMembers(Array(text.utf8)) }

    private func refusal(_ body: () throws -> Void) -> Refusal? {
        do { try body() } catch { return error as? Refusal }
        return nil
    }

    @Test("What is there is given by its type, and null is as good as nothing")
    func present() throws {
        let body = try members(
            #"{"t":"a","n":null,"b":true,"w":7,"d":2.50,"c":"red","i":1795255200,"id":"tank-1","s":"main","l":[1,2]}"#)
        #expect(try body.text("t", maximumBytes: 1) == "a")
        #expect(try body.optionalText("n", maximumBytes: 1) == nil && body.has("n") && !body.has("x"))
        #expect(try body.optionalBoolean("b") == true && body.optionalBoolean("x") == nil)
        #expect(try body.wholeNumber("w", in: 1...7) == 7)
        guard case .decimal(let number)? = try body.optionalNumber("d") else { return #expect(Bool(false)) }
        #expect(number == ScaledDecimal(mantissa: 250, scale: 2))
        #expect(try body.optionalChoice("c", of: Colour.self) == .red)
        #expect(try body.optionalInstant("i") == Timestamp(seconds: 1_795_255_200))
        #expect(try body.optionalDevice("id")?.text == "tank-1" && body.optionalSite("s") == .main)
        var sum: Int64 = 0
        try body.array("l") { (reader) throws(Refusal) in sum += try reader.number().integerValue ?? 0 }
        #expect(sum == 3)
        #expect(try JSONMembers([], isOptional: true).names.isEmpty)
    }

    @Test(
        "What is not as it should be is refused, and the refusal names the member",
        arguments: [
            (#"{"a":1,"a":2}"#, .duplicateKey, "a"), (#"{"t":1}"#, .wrongType, "t"),
            (#"{"t":"ab"}"#, .valueOutOfRange, "t"),
            (#"{"t":"\u0000"}"#, .valueOutOfRange, "t"), (#"{}"#, .missingField, "t"),
            (#"{"t":null}"#, .missingField, "t"),
            (#"{"t":"a","w":"7"}"#, .wrongType, "w"),
            (#"{"t":"a","w":8}"#, .valueOutOfRange, "w is a whole number, 1 to 7"),
            (#"{"t":"a","w":1.5}"#, .valueOutOfRange, "w"), (#"{"t":"a","b":0}"#, .wrongType, "b"),
            (#"{"t":"a","c":"blue"}"#, .valueOutOfRange, "c is one of red, green"),
            (#"{"t":"a","i":"soon"}"#, .valueOutOfRange, "i"), (#"{"t":"a","i":[]}"#, .wrongType, "i"),
            (#"{"t":"a","id":"a b"}"#, .invalidIdentifier, "id"), (#"{"t":"a","l":{}}"#, .wrongType, "l"),
            (#"{"t":"a","other":1}"#, .invalidParameter, "other"),
        ] as [(String, RefusalCode, String)])
    func refused(_ text: String, _ code: RefusalCode, _ word: String) {
        let refusal = refusal {
            let body = try members(text)
            _ = try body.text("t", maximumBytes: 1)
            _ = try body.optionalWholeNumber("w", in: 1...7)
            _ = try body.optionalBoolean("b")
            _ = try body.optionalChoice("c", of: Colour.self)
            _ = try body.optionalInstant("i")
            _ = try body.optionalDevice("id")
            if body.has("l") { try body.array("l") { (reader) throws(Refusal) in try reader.skip() } }
            try body.refuseOthers(than: ["t", "w", "b", "c", "i", "id", "l"])
        }
        #expect(refusal?.code == code && refusal?.detail.contains(word) == true, "\(String(describing: refusal))")
    }

    @Test("No more members than allowed, nothing but an object, and nothing behind it")
    func bounds() {
        let many = "{" + (0..<65).map { "\"m\($0)\":0" }.joined(separator: ",") + "}"
        #expect(refusal { _ = try members(many) }?.code == .tooLarge)
        #expect(refusal { _ = try members("[]") }?.code == .wrongType)
        #expect(refusal { _ = try members("{} x") }?.code == .malformedJSON)
        #expect(refusal { _ = try members("") }?.code == .malformedJSON)
    }

    @Test("Each refusal of an object within another says where that is")
    func place() throws {
        func rule(_ text: String, _ read: (JSONMembers) throws -> Void) -> Refusal? {
            refusal {
                var reader = JSONReader(Array(text.utf8))
                try read(JSONMembers(&reader, place: "Rule 2"))
            }
        }
        let expected: [(Refusal?, Refusal)] = [
            (rule(#"{"a":1,"a":2}"#) { _ in }, Refusal(.duplicateKey, "Rule 2: duplicate member a.")),
            (rule("{}") { _ = try $0.text("a", maximumBytes: 1) }, Refusal(.missingField, "Rule 2: a is missing.")),
            (
                rule(#"{"a":1}"#) { _ = try $0.optionalText("a", maximumBytes: 1) },
                Refusal(.wrongType, "Rule 2: a is a text.")
            ),
            (
                rule(#"{"a":1}"#) { try $0.refuseOthers(than: ["b"]) },
                Refusal(.invalidParameter, "Rule 2: unknown member a; known are b.")
            ),
            (rule("{}") { throw $0.refusal(.conflict, "No.") }, Refusal(.conflict, "Rule 2: no.")),
        ]
        for (found, wanted) in expected { #expect(found == wanted) }
    }

    @Test("Where nothing is taken for granted, null is not the same as nothing")
    func null() throws {
        let body = try members(#"{"a":null,"b":1}"#)
        #expect(refusal { try body.refuseNull() } == Refusal(.wrongType, "a is null; leave it out instead."))
        try body.refuseNull(except: ["a"])
        try members(#"{"b":1}"#).refuseNull()
    }

    @Test("An array that may be missing has no elements then, and is no other thing")
    func optionalArray() throws {
        var count = 0
        for text in ["{}", #"{"l":null}"#, #"{"l":[]}"#, #"{"l":[1,2]}"#] {
            try members(text).optionalArray("l") { (reader) throws(Refusal) in
                try reader.skip()
                count += 1
            }
        }
        #expect(count == 2)
        #expect(
            refusal { try members(#"{"l":1}"#).optionalArray("l") { (reader) throws(Refusal) in try reader.skip() } }
                == Refusal(.wrongType, "l is an array."))
    }

    @Test("An object is given as it was sent, up to its bound")
    func optionalObject() throws {
        let body = try members(#"{"o":{"a": 1},"l":[]}"#)
        #expect(try body.optionalObject("o", maximumBytes: 8) == Array(#"{"a": 1}"#.utf8))
        #expect(try body.optionalObject("x", maximumBytes: 8) == nil)
        #expect(
            refusal { _ = try body.optionalObject("o", maximumBytes: 7) }
                == Refusal(.tooLarge, "o has at most 7 bytes."))
        #expect(
            refusal { _ = try body.optionalObject("l", maximumBytes: 8) } == Refusal(.wrongType, "l is an object."))
    }

    @Test("What writes itself is a value, a member and the elements of an array")
    func writable() {
        struct Level: JSONWritable {
            var metres: Double
            func write(to json: inout JSONWriter) { json.object { $0.member("m", double: metres) } }
        }
        var json = JSONWriter()
        json.object { json in
            json.member("one", Level(metres: 0.5))
            json.member("all", [Level(metres: 1), Level(metres: 1.5)])
            json.array("list") { $0.array([Level(metres: 2)]) }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"one":{"m":0.5},"all":[{"m":1},{"m":1.5}],"list":[[{"m":2}]]}"#)
    }

    @Test("Nothing that was sent is printed, and no long key is repeated")
    func silence() throws {
        let body = try members(#"{"password":"hunter2"}"#)
        #expect(!"\(body) \(String(reflecting: body))".contains("hunter2"))
        let key = String(repeating: "k", count: 65)
        let refusal = refusal { _ = try members("{\"\(key)\":1,\"\(key)\":1}") }
        #expect(refusal?.detail.contains(key) == false && refusal?.detail.contains("65 bytes") == true)
    }
}
