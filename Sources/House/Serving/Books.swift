public import Registry
public import SolutionKit

// Registry and SolutionKit do not know each other; their methods are the same on purpose, and here they meet.
extension DeviceRegistry: DeviceBook {}
extension CommandRegistry: CommandBook {}
extension LinkTable: LinkBook {}
extension AuditRegistry: AuditBook {}
