extension Int {
    /// The number with what is counted, such as `1 call` or `2 calls`.
    package func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
