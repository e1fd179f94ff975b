import HubModel
import Multipart
import SolutionKit
import Synchronization

/// Takes a multipart body apart while it comes. The fields before the first file may be read ahead, for the credentials that they may
/// hold; a handler that reads the parts afterwards gets them all the same.
actor FormParts {
    /// The most bytes of a text field that is read ahead, and the most such fields.
    private static let mostBytesAhead = 4_096
    private static let mostFieldsAhead = 32

    private let pieces: @Sendable () async throws -> [UInt8]?
    private var reader: MultipartReader
    private var chunk: ArraySlice<UInt8> = []
    /// Parts that were read ahead, whole; and one that was begun.
    private var ahead: [(part: MultipartPart, content: [UInt8])] = []
    private var begun: MultipartPart?
    /// The number of the part whose content comes at present, and whether it is over: an older part gives nothing any more.
    private var number = 0
    private var isPartOver = true
    private var isAtEnd = false

    /// - Parameters:
    ///   - contentType: the request's.
    ///   - kind: a form; or what comes for as long as its sender likes, of which there is no bound to the number of parts.
    ///   - pieces: the body.
    /// - Throws: `unsupported_media_type` for a type without a boundary.
    init(
        contentType: String, _ kind: MultipartReader.Kind, pieces: @escaping @Sendable () async throws -> [UInt8]?
    ) throws(Refusal) {
        do throws(MultipartFailure) {
            let limits = kind == .form ? MultipartLimits() : MultipartLimits(maximumParts: .max)
            reader = MultipartReader(
                boundary: try MultipartContentType(contentType).boundary, kind: kind, limits: limits)
        } catch {
            throw Refusal(.unsupportedMediaType, error.description)
        }
        self.pieces = pieces
    }

    /// The parts, for the route's handler.
    nonisolated var parts: BodyParts {
        BodyParts { [self] in try await part() }
    }

    /// The text fields before the first file. They are kept for those who read the parts.
    /// - Throws: what `BodyParts.next` throws.
    func leadingFields() async throws -> [(name: String, value: String)] {
        // They may be asked for again: whoever sends for long is looked at once more.
        while begun == nil, !isAtEnd, ahead.count < FormParts.mostFieldsAhead, let part = try await nextPart() {
            guard part.fileName == nil else {
                begun = part
                break
            }
            var content: [UInt8] = []
            while let piece = try await piece() {
                guard content.count + piece.count <= FormParts.mostBytesAhead else {
                    throw Refusal(
                        .tooLarge, "Send fields that are no files with at most \(FormParts.mostBytesAhead) bytes.")
                }
                content += piece
            }
            ahead.append((part, content))
        }
        return ahead.map { ($0.part.name ?? "", String(decoding: $0.content, as: UTF8.self)) }
    }

    private func part() async throws -> BodyPart? {
        if !ahead.isEmpty {
            let (part, content) = ahead.removeFirst()
            let rest = Mutex<[UInt8]?>(content.isEmpty ? nil : content)
            return FormParts.bodyPart(
                part,
                BodyStream {
                    rest.withLock { rest in
                        defer { rest = nil }
                        return rest
                    }
                })
        }
        if let part = begun {
            begun = nil
            return bodyPart(part)
        }
        return try await nextPart().map(bodyPart)
    }

    private func bodyPart(_ part: MultipartPart) -> BodyPart {
        let mine = number
        return FormParts.bodyPart(part, BodyStream { [self] in try await piece(of: mine) })
    }

    private func piece(of part: Int) async throws -> [UInt8]? { part == number ? try await piece() : nil }

    private static func bodyPart(_ part: MultipartPart, _ content: BodyStream) -> BodyPart {
        BodyPart(
            name: part.name ?? "", fileName: part.fileName.map { $0.lastComponent ?? "" }, mediaType: part.mediaType,
            content: content)
    }

    /// The next part, what is left of the present one dropped; nil at the end.
    private func nextPart() async throws -> MultipartPart? {
        while try await piece() != nil {}
        guard !isAtEnd else { return nil }
        while let event = try await next() {
            switch event {
            case .partBegan(let part):
                number += 1
                isPartOver = false
                return part
            case .end: isAtEnd = true
            case .content, .partEnded: break
            }
        }
        return nil
    }

    /// The next bytes of the present part; nil at its end.
    private func piece() async throws -> [UInt8]? {
        guard !isPartOver else { return nil }
        while let event = try await next() {
            switch event {
            case .content(let bytes): return Array(bytes)
            case .partEnded, .end, .partBegan:
                isPartOver = true
                return nil
            }
        }
        return nil
    }

    private func next() async throws -> MultipartEvent? {
        while true {
            do throws(MultipartFailure) {
                if let event = try reader.next(&chunk) { return event }
            } catch {
                throw Refusal(.malformedRequest, error.description)
            }
            guard let more = try await pieces() else {
                do throws(MultipartFailure) {
                    try reader.finish()
                } catch {
                    throw Refusal(.malformedRequest, error.description)
                }
                return nil
            }
            chunk = more[...]
        }
    }
}
