/// The method names of every MCP revision from 2024-11-05 to 2026-07-28.
package enum Method: UInt8, Sendable, Hashable, CaseIterable {
    /// A response: it has no method.
    case absent
    /// A method that no revision names; it is forwarded by its bytes.
    case other

    // Requests.
    case initialize, ping, discover, listen
    case toolsList, toolsCall
    case promptsList, promptsGet
    case resourcesList, resourceTemplatesList, resourcesRead
    case resourcesSubscribe, resourcesUnsubscribe
    case complete, setLevel
    case createMessage, elicit, rootsList
    case tasksGet, tasksList, tasksResult, tasksCancel, tasksUpdate

    // Notifications.
    case initialized, cancelled, progress, message
    case toolsChanged, promptsChanged, resourcesChanged, resourceUpdated, rootsChanged
    case elicitationComplete, acknowledged
    case taskStatus, taskChanged

    /// The name as the specification writes it; empty for `absent` and `other`.
    package var name: String {
        switch self {
        case .absent, .other: ""
        case .initialize: "initialize"
        case .ping: "ping"
        case .discover: "server/discover"
        case .listen: "subscriptions/listen"
        case .toolsList: "tools/list"
        case .toolsCall: "tools/call"
        case .promptsList: "prompts/list"
        case .promptsGet: "prompts/get"
        case .resourcesList: "resources/list"
        case .resourceTemplatesList: "resources/templates/list"
        case .resourcesRead: "resources/read"
        case .resourcesSubscribe: "resources/subscribe"
        case .resourcesUnsubscribe: "resources/unsubscribe"
        case .complete: "completion/complete"
        case .setLevel: "logging/setLevel"
        case .createMessage: "sampling/createMessage"
        case .elicit: "elicitation/create"
        case .rootsList: "roots/list"
        case .tasksGet: "tasks/get"
        case .tasksList: "tasks/list"
        case .tasksResult: "tasks/result"
        case .tasksCancel: "tasks/cancel"
        case .tasksUpdate: "tasks/update"
        case .initialized: "notifications/initialized"
        case .cancelled: "notifications/cancelled"
        case .progress: "notifications/progress"
        case .message: "notifications/message"
        case .toolsChanged: "notifications/tools/list_changed"
        case .promptsChanged: "notifications/prompts/list_changed"
        case .resourcesChanged: "notifications/resources/list_changed"
        case .resourceUpdated: "notifications/resources/updated"
        case .rootsChanged: "notifications/roots/list_changed"
        case .elicitationComplete: "notifications/elicitation/complete"
        case .acknowledged: "notifications/subscriptions/acknowledged"
        case .taskStatus: "notifications/tasks/status"
        case .taskChanged: "notifications/tasks"
        }
    }

    /// Whether the specification defines it as a notification.
    package var isNotification: Bool { rawValue >= Method.initialized.rawValue }

    /// Whether a message with this method may come without an id.
    ///
    /// Who gets one of a request's own would carry it out all the same, past everything that requests
    /// have to pass.
    package var mayBeTold: Bool { isNotification || self == .other }
}
