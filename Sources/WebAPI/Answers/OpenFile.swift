import Foundation
import NIOPosix
import SolutionKit

/// A file that is being sent: open from before its head goes out, so that what is deleted meanwhile is still sent whole.
struct OpenFile: Sendable {
    let file: ResponseFile
    let length: Int64
    private let handle: FileHandle

    /// Opens a file, on a thread that may wait for the disk.
    /// - Throws: `CocoaError` when it cannot be opened.
    static func open(_ file: ResponseFile) async throws -> OpenFile {
        try await NIOThreadPool.singleton.runIfActive {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
            return OpenFile(file: file, length: Int64(try handle.seekToEnd()), handle: handle)
        }
    }

    private init(file: ResponseFile, length: Int64, handle: FileHandle) {
        self.file = file
        self.length = length
        self.handle = handle
    }

    /// Bytes of the file; fewer only where it has become shorter.
    func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        try await NIOThreadPool.singleton.runIfActive {
            try handle.seek(toOffset: UInt64(offset))
            return Array(try handle.read(upToCount: count) ?? Data())
        }
    }
}
