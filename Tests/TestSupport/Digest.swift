/// Thirty-two bytes that follow from the input: enough of a digest for names in tests.
package func standInDigest(_ bytes: [UInt8]) -> [UInt8] {
    (0..<4 as Range<UInt64>).flatMap { round -> [UInt8] in
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &+ round &* 0x9E37_79B9_7F4A_7C15
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var mixer = SplitMix(hash)
        let mixed = mixer.next()
        return (0..<8).map { UInt8(truncatingIfNeeded: mixed &>> (8 * UInt64($0))) }
    }
}
