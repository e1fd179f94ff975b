internal import HubModel
internal import SQL
internal import SolutionKit

/// Who may ask for what: the rights are those that the form of the device's kind names, at the device's site.
extension CommandRoutes {
    /// What a person wants to do with commands.
    enum Right {
        case see, give

        func permission(_ form: CommandForm) -> Permission {
            switch self {
            case .see: form.see
            case .give: form.give
            }
        }
    }

    /// Refuses those who have the right for no kind of device anywhere.
    func needs(_ right: Right, _ caller: Caller) throws(Refusal) {
        let permissions = forms.map(right.permission)
        guard permissions.allSatisfy({ caller.grants.scope(of: $0).isEmpty }) else { return }
        throw Refusal(
            .forbidden, "This needs the right \(Set(permissions.map(\.name)).sorted().joined(separator: " or ")).")
    }

    /// The device of the path and its form; for those who may not see its site there is none.
    /// - Parameter evenRemoved: also one that was removed; of it there is history only.
    func find(
        _ request: RouteRequest, _ right: Right, evenRemoved: Bool = false
    ) async throws -> (device: KnownDevice, form: CommandForm) {
        let grants = request.caller.grants
        try needs(right, request.caller)
        let known = try await known(request)
        guard let known, evenRemoved || !known.isRemoved else { throw Self.notFound(request) }
        guard let form = forms.first(where: { $0.kind == known.kind }) else {
            guard grants.scope(of: .viewDevices).contains(known.site) else { throw Self.notFound(request) }
            throw Self.takesNone(known)
        }
        guard !grants.scope(of: right.permission(form)).contains(known.site) else { return (known, form) }
        guard grants.scope(of: form.see).contains(known.site) else { throw Self.notFound(request) }
        throw Refusal(.forbidden, "This needs the right \(right.permission(form).name).")
    }

    /// The device of the path and its form, for the device itself or its controller.
    func own(_ request: RouteRequest) async throws -> (device: KnownDevice, form: CommandForm) {
        let known = try await known(request)
        if case .device(let speaker, _, _) = request.caller.identity {
            let (book, id) = (services.devices, request.path["id"].flatMap { DeviceID($0) })
            let maySpeak = try await services.database.read { reader in
                try id.map { try book.maySpeak(speaker, for: $0, in: reader) } ?? false
            }
            guard maySpeak else {
                throw Refusal(.forbidden, "\(speaker) may not speak for \(request.path["id"] ?? "").")
            }
        }
        guard let known, !known.isRemoved else { throw Self.notFound(request) }
        guard let form = forms.first(where: { $0.kind == known.kind }) else { throw Self.takesNone(known) }
        return (known, form)
    }

    /// The command of the path.
    func command(_ request: RouteRequest, of device: DeviceID) async throws -> Command {
        let (book, id) = (services.commands, request.path["command_id"] ?? "")
        let found = try await services.database.read { try book.command(id, device: device, in: $0) }
        guard let found else { throw Refusal(.notFound, "\(device) has no such command.") }
        return found
    }

    private func known(_ request: RouteRequest) async throws -> KnownDevice? {
        guard let id = request.path["id"].flatMap({ DeviceID($0) }) else { return nil }
        let book = services.devices
        return try await services.database.read { try book.known(id, in: $0) }
    }

    private static func notFound(_ request: RouteRequest) -> Refusal {
        Refusal(.notFound, "There is no device \(request.path["id"].flatMap { DeviceID($0)?.text } ?? "of this name").")
    }

    private static func takesNone(_ device: KnownDevice) -> Refusal {
        Refusal(.conflict, "\(device.id) takes no commands: devices of the kind \(device.kind.name) take none.")
    }
}
