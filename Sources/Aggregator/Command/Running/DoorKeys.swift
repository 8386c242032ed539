import Aggregator
import Machine
import Wire

/// What the section `inbound` names, read and understood: the keys that seal tokens, and the
/// certificate with its rules.
struct DoorKeys: Sendable {
    var sealing: [SealKey] = []
    /// Nil without TLS.
    var tls: TLSContext?
}

extension LoadedConfiguration {
    /// What the section `inbound` names, or everything that is wrong with it.
    ///
    /// The files of TLS are read where they are needed, which blocks as the disk does. What stands for
    /// secrets that were not read is not looked at.
    func doorKeys(readsCertificate: Bool = true) throws(LoadError) -> DoorKeys {
        var keys = DoorKeys()
        var problems: [Diagnostic] = []
        for (index, text) in configuration.inbound.sealingKeys.enumerated() where isKnown(text) {
            if let key = try? SealKey(text.value) {
                keys.sealing.append(key)
            } else {
                problems.append(unfitKey(index))
            }
        }
        if readsCertificate, let settings = tlsSettings {
            do throws(TLSSettings.Fault) {
                keys.tls = try TLSContext.make(settings)
            } catch {
                problems.append(diagnostic(of: error))
            }
        }
        guard problems.isEmpty else { throw error(problems) }
        return keys
    }

    private func unfitKey(_ index: Int) -> Diagnostic {
        Diagnostic(
            "item \(index + 1) of 'sealingKeys' of 'inbound' must be 32 bytes in Base64 or "
                + "hexadecimal digits; 'openssl rand -base64 32' makes one",
            at: mark("inbound", "sealingKeys", item: index))
    }

    // MARK: TLS

    /// The files of TLS; nil without it, or where a path is not known.
    private var tlsSettings: TLSSettings? {
        guard let tls = configuration.inbound.tls, let certificate = tls.certificate,
            let key = tls.key, tls.paths.allSatisfy({ isKnown($0.text) })
        else { return nil }
        return TLSSettings(
            certificate: certificate.value, key: key.value, clientAuthority: tls.clientCA?.value)
    }

    private func diagnostic(of fault: TLSSettings.Fault) -> Diagnostic {
        var words = fault.failure.message
        // What came from the environment is not shown.
        for path in configuration.inbound.tls?.paths ?? [] where path.text.isExpanded {
            words = words.replacing(path.text.value, with: path.text.written)
        }
        if words.hasSuffix(".") { words.removeLast() }
        guard let name = fault.file.map(Self.key) else {
            return Diagnostic("'tls' of 'inbound': \(words)", at: mark("inbound", "tls"))
        }
        return Diagnostic(
            "'\(name)' of 'tls' of 'inbound': \(words)", at: mark("inbound", "tls", name))
    }

    private static func key(of file: TLSSettings.File) -> String {
        switch file {
        case .certificate: "certificate"
        case .key: "key"
        case .clientAuthority: "clientCA"
        }
    }

    /// The files of TLS as they were found.
    var certificateStamps: [String: FileStamp?] {
        let paths = Set(configuration.inbound.tls?.paths.map(\.text.value) ?? [])
        return files.filter { paths.contains($0.key) }
    }
}

extension Configuration.Inbound.TLS {
    /// The paths that are given, by their keys.
    var paths: [(key: String, text: Text)] {
        let all = [("certificate", certificate), ("key", key), ("clientCA", clientCA)]
        return all.compactMap { key, text in text.map { (key, $0) } }
    }
}
