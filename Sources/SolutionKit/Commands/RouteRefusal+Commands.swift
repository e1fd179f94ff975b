extension RouteRefusal {
    /// The member that names a command in the refusal of its request.
    public static let commandMember = "command_id"

    /// How a route refuses that asks a device for something: a `request_id` that stands for another request names the command of that one.
    public static let commandConflict = conflict(with: [
        .optional(
            commandMember, .text,
            "The command that was made under this request_id, for another request; for those who may see the device's commands"
        )
    ])
}
